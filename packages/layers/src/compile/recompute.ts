// Values that backward makes again instead of finding them in memory: between forward and backward they take no memory.
import type { Location } from '../layer-context.ts';
import { type EncodedCall, type EncodedWork, isExchange } from './call-encoder.ts';
import type { CompiledOperation } from './layer-contexts.ts';
import { BlockBuffer } from './locations.ts';

/** How to make a value again, in a buffer of its own. */
interface Recomputation {
  readonly buffer: BlockBuffer;
  readonly calls: readonly EncodedCall[];
}

/** Makes backward compute the values of operations that offer it, each before the first call that reads it, and read the new buffers. */
export function recomputeValues(compiled: readonly CompiledOperation[]): readonly CompiledOperation[] {
  const recomputations = new Map(compiled.flatMap((operation) => [...recomputationOf(operation)]));
  if (recomputations.size === 0) return compiled;
  const made = new Set<Recomputation>();
  const reading = (work: EncodedWork): EncodedWork =>
    replaced(work, (location) => recomputations.get(location)?.buffer ?? location);
  const backwards = compiled.toReversed().map((operation): CompiledOperation => {
    const backward = operation.backward.flatMap((work) => {
      const missing = operandsOf(work).flatMap((location) => {
        const value = recomputations.get(location);
        if (!value || made.has(value)) return [];
        made.add(value);
        return value.calls;
      });
      return [...missing, reading(work)];
    });
    return { ...operation, backward };
  });
  return backwards.toReversed();
}

function* recomputationOf({ operation, recompute }: CompiledOperation): Iterable<[Location, Recomputation]> {
  if (!recompute) return;
  const { data, name } = operation.y;
  const buffer = new BlockBuffer(`${name}, recomputed`, data.bytes);
  yield [data, { buffer, calls: recompute.map((call) => replaced(call, (old) => (old === data ? buffer : old))) }];
}

const operandsOf = (work: EncodedWork): readonly Location[] => (isExchange(work) ? [] : work.operands);

/** An exchange reads no values. */
function replaced<W extends EncodedWork>(work: W, replace: (location: Location) => Location): W {
  if (isExchange(work)) return work;
  const { operands, written } = work as EncodedCall;
  return { ...work, operands: operands.map(replace), written: written.map(replace) };
}
