// Values that backward makes once more rather than find them: between forward and backward they take no memory.
import type { Place } from '../layer-context.ts';
import type { CompiledOperation } from './layer-contexts.ts';
import type { EncodedCall, EncodedWork } from './work-encoder.ts';
import { Buffer } from './workspace.ts';

/** How to make a value once more, at a place of its own. */
interface Again {
  readonly place: Buffer;
  readonly calls: readonly EncodedCall[];
}

/** Makes backward compute the values of those operations that offer it, each in front of the first call that reads it, and read these. */
export function recomputeValues(compiled: readonly CompiledOperation[]): readonly CompiledOperation[] {
  const recompute = new Map(compiled.flatMap((operation) => [...recomputeOf(operation)]));
  if (recompute.size === 0) return compiled;
  const made = new Set<Again>();
  const known = new Map<EncodedWork, EncodedWork>();
  /** The same work becomes the same: some is both of a shard's first block and of the later ones. */
  const reading = (work: EncodedWork): EncodedWork => {
    const changed = known.get(work) ?? replaced(work, (place) => recompute.get(place)?.place ?? place);
    known.set(work, changed);
    return changed;
  };
  const backwards = compiled.toReversed().map((operation): CompiledOperation => {
    const { first, later } = operation.backward;
    const missing = first.map((work) =>
      placesOf(work).flatMap((place) => {
        const value = recompute.get(place);
        if (!value || made.has(value)) return [];
        made.add(value);
        return value.calls;
      }),
    );
    const complete = (works: readonly EncodedWork[]) =>
      works.flatMap((work, i) => [...(missing[i] as readonly EncodedCall[]), reading(work)]);
    return { ...operation, backward: { first: complete(first), later: complete(later) } };
  });
  return backwards.toReversed();
}

function* recomputeOf({ operation, recompute }: CompiledOperation): Iterable<[Place, Again]> {
  if (!recompute) return;
  const { data, name } = operation.y;
  const place = new Buffer(`${name} once more`, data.bytes);
  yield [data, { place, calls: recompute.map((call) => replaced(call, (old) => (old === data ? place : old))) }];
}

const placesOf = (work: EncodedWork): readonly Place[] => ('combine' in work ? [] : work.places);

/** An exchange reads no values. */
const replaced = <W extends EncodedWork>(work: W, replace: (place: Place) => Place): W =>
  'combine' in work ? work : { ...work, places: work.places.map(replace), written: work.written.map(replace) };
