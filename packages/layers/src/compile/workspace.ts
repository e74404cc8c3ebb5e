// Lays out the memory of a block: buffers that are never in use at the same time share memory.
import type { Location } from '../layer-context.ts';
import { BlockBuffer } from './locations.ts';
import { Occupancy } from './occupancy.ts';

/** The numbers of the first and the last call between which a buffer must keep its content. */
interface Lifetime {
  readonly buffer: BlockBuffer;
  readonly first: number;
  readonly last: number;
}

/** A call, and the phase of training that it belongs to, by its number. */
interface PhasedCall {
  readonly call: { readonly operands: readonly Location[] };
  readonly phase: number;
}

interface RegionLayout {
  readonly bytes: number;
  /** Byte offsets from the base of the region. */
  readonly offsets: ReadonlyMap<BlockBuffer, number>;
}

export interface WorkspaceLayout {
  /** What a block keeps from one phase to the next, and other buffers that fit in between; all buffers if there is only one phase. */
  readonly workspace: RegionLayout;
  /** The other buffers: further blocks use the same memory before the next phase. */
  readonly transient: RegionLayout;
}

/**
 * Gives each buffer that the calls use an offset. `held` lists buffers that are also in use outside of the calls, from call `first` (−1: before
 * the first call) to call `last`.
 */
export function layOutWorkspace(calls: readonly PhasedCall[], held: readonly Lifetime[]): WorkspaceLayout {
  const phaseOf = (number: number) => calls[number]?.phase;
  const isPhased = phaseOf(0) !== calls.at(-1)?.phase;
  const known = new Set(held.map(({ buffer }) => buffer));
  const isTransient = ({ buffer, first, last }: Lifetime) =>
    isPhased && !known.has(buffer) && phaseOf(first) === phaseOf(last);
  const bySize = lifetimes(calls, held).toSorted((a, b) => b.buffer.bytes - a.buffer.bytes);
  const workspace = new Packing(bySize);
  const transient = new Packing(bySize);
  for (const lifetime of bySize) if (!isTransient(lifetime)) workspace.add(lifetime);
  for (const lifetime of bySize) {
    if (isTransient(lifetime)) (workspace.hasRoomFor(lifetime) ? workspace : transient).add(lifetime);
  }
  return { workspace, transient };
}

/** Buffers of a region, each at the lowest offset that is free while it is in use. */
class Packing implements RegionLayout {
  bytes = 0;
  readonly offsets = new Map<BlockBuffer, number>();
  readonly #occupancy: Occupancy;

  /** @param lifetimes of all buffers that may be added */
  constructor(lifetimes: readonly Lifetime[]) {
    const first = lifetimes.reduce((least, lifetime) => Math.min(least, lifetime.first), 0);
    const last = lifetimes.reduce((most, lifetime) => Math.max(most, lifetime.last), 0);
    this.#occupancy = new Occupancy(first, last);
  }

  /** Whether it could be added without more bytes. */
  hasRoomFor(lifetime: Lifetime): boolean {
    return this.#offsetFor(lifetime) + lifetime.buffer.bytes <= this.bytes;
  }

  add(lifetime: Lifetime): void {
    const { buffer } = lifetime;
    const offset = this.#offsetFor(lifetime);
    this.#occupancy.occupy(lifetime.first, lifetime.last, { start: offset, end: offset + buffer.bytes });
    this.offsets.set(buffer, offset);
    this.bytes = Math.max(this.bytes, offset + buffer.bytes);
  }

  #offsetFor({ buffer, first, last }: Lifetime): number {
    let offset = 0;
    for (const { start, end } of this.#occupancy.during(first, last)) {
      if (offset + buffer.bytes <= start) break;
      offset = Math.max(offset, end);
    }
    return offset;
  }
}

function lifetimes(calls: readonly PhasedCall[], held: readonly Lifetime[]): readonly Lifetime[] {
  const spans = new Map<BlockBuffer, Lifetime>();
  const include = (buffer: BlockBuffer, first: number, last: number) => {
    const span = spans.get(buffer) ?? { first, last };
    spans.set(buffer, { buffer, first: Math.min(span.first, first), last: Math.max(span.last, last) });
  };
  calls.forEach(({ call }, number) => {
    for (const location of call.operands) if (location instanceof BlockBuffer) include(location, number, number);
  });
  for (const { buffer, first, last } of held) include(buffer, first, last);
  return [...spans.values()];
}
