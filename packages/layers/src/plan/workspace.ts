// Lays out a workspace: buffers that are never in use at the same time share memory.
import type { Call, Place } from '../site.ts';
import { CACHE_LINE, roundUp } from './plan.ts';

/** A buffer of the workspace. */
export class Buffer implements Place {
  readonly name: string;
  readonly bytes: number;

  constructor(name: string, bytes: number) {
    this.name = name;
    this.bytes = roundUp(bytes, CACHE_LINE);
  }
}

/** The first and the last call, by their numbers, between which a buffer holds what it must keep. */
interface Lifetime {
  readonly buffer: Buffer;
  readonly first: number;
  readonly last: number;
}

export interface WorkspaceLayout {
  readonly bytes: number;
  /** Bytes behind the base of the workspace. */
  readonly offsets: ReadonlyMap<Buffer, number>;
}

/**
 * Gives each buffer that the calls use an offset. `held` lists buffers that are also in use outside of the calls, from call `first` (−1: before
 * all) to call `last`.
 */
export function layOutWorkspace(calls: readonly Call[], held: readonly Lifetime[]): WorkspaceLayout {
  const placed: (Lifetime & { readonly offset: number })[] = [];
  const bySize = lifetimes(calls, held).toSorted((a, b) => b.buffer.bytes - a.buffer.bytes);
  for (const lifetime of bySize) {
    const neighbours = placed
      .filter((other) => other.first <= lifetime.last && lifetime.first <= other.last)
      .toSorted((a, b) => a.offset - b.offset);
    let offset = 0;
    for (const other of neighbours) {
      if (offset + lifetime.buffer.bytes <= other.offset) break;
      offset = Math.max(offset, other.offset + other.buffer.bytes);
    }
    placed.push({ ...lifetime, offset });
  }
  return {
    bytes: Math.max(0, ...placed.map(({ offset, buffer }) => offset + buffer.bytes)),
    offsets: new Map(placed.map(({ buffer, offset }) => [buffer, offset])),
  };
}

function lifetimes(calls: readonly Call[], held: readonly Lifetime[]): readonly Lifetime[] {
  const spans = new Map<Buffer, Lifetime>();
  const include = (buffer: Buffer, first: number, last: number) => {
    const span = spans.get(buffer) ?? { first, last };
    spans.set(buffer, { buffer, first: Math.min(span.first, first), last: Math.max(span.last, last) });
  };
  calls.forEach(({ places }, number) => {
    for (const place of places) if (place instanceof Buffer) include(place, number, number);
  });
  for (const { buffer, first, last } of held) include(buffer, first, last);
  return [...spans.values()];
}
