// Where operands lie, before and after the plan has given them addresses.
import type { BufferLocation, IndexLocation } from '../layer-context.ts';
import { type Address, CACHE_LINE, Region, roundUp } from '../runtime/plan.ts';

/** A buffer of the workspace or of transient memory, which gets its address when the workspace is laid out. */
export class BlockBuffer implements BufferLocation {
  readonly kind = 'buffer';
  readonly name: string;
  readonly bytes: number;

  constructor(name: string, bytes: number) {
    this.name = name;
    this.bytes = roundUp(bytes, CACHE_LINE);
  }
}

/** Where a gradient goes that nobody needs. A call of backward that writes nothing else but scratch memory is left out. */
export class DiscardedBuffer extends BlockBuffer {}

/** Memory that a layer keeps for its own calls. */
export class ScratchBuffer extends BlockBuffer {}

/** A buffer at a known offset of a region. */
export class RegionBuffer implements BufferLocation, Address {
  readonly kind = 'buffer';
  readonly name: string;
  readonly region: Region;
  readonly offset: number;
  readonly bytes: number;

  constructor(name: string, region: Region, offset: number, bytes: number) {
    this.name = name;
    this.region = region;
    this.offset = offset;
    this.bytes = bytes;
  }
}

/** The partial of a block. Its size is that of the exchange that follows the call; see `operands.ts`. */
export class PartialBuffer extends RegionBuffer {
  constructor(name: string) {
    super(name, Region.partial, 0, 0);
  }
}

/** The number of blocks that an exchange combines. */
export const BLOCKS: IndexLocation & Address = {
  kind: 'index',
  name: 'the number of blocks of an exchange',
  region: Region.blocks,
  offset: 0,
};

/** Hands out memory that all blocks of a shard share. */
export class ShardMemory {
  /** One float at the start is the shard's share of the batch. */
  static readonly share = new RegionBuffer("the shard's share of the batch", Region.shard, 0, 4);
  #bytes = CACHE_LINE;

  /** Whole cache lines, so that vectors are aligned and no two workers write to the same line. */
  take(name: string, bytes: number): BufferLocation {
    const buffer = new RegionBuffer(name, Region.shard, this.#bytes, bytes);
    this.#bytes += roundUp(bytes, CACHE_LINE);
    return buffer;
  }

  get bytes(): number {
    return this.#bytes;
  }
}
