// Places whose address does not depend on the layout of the workspace.
import type { Place } from '../layer-context.ts';
import { type Address, Region } from '../runtime/plan.ts';
import { Buffer } from './workspace.ts';

export class FixedPlace implements Place, Address {
  readonly name: string;
  readonly region: Region;
  readonly offset: number;

  constructor(name: string, region: Region, offset: number) {
    this.name = name;
    this.region = region;
    this.offset = offset;
  }
}

/** Where a gradient goes that nobody wants. A call of backward that writes nothing else, but scratch, is left out. */
export class Discarded extends Buffer {}

/** What a layer keeps for its own calls. */
export class Scratch extends Buffer {}

/** Hands out memory that all blocks of a shard share. */
export class ShardMemory {
  /** One float at the beginning is the shard's part of the batch. */
  static readonly share = new FixedPlace("the shard's part of the batch", Region.shard, 0);
  #bytes = 64;

  /** Whole cache lines, for the workers' sake and for whole vectors'. */
  take(name: string, bytes: number): Place {
    const place = new FixedPlace(name, Region.shard, this.#bytes);
    this.#bytes += 64 * Math.ceil(bytes / 64);
    return place;
  }

  get bytes(): number {
    return this.#bytes;
  }
}
