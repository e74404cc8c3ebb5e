// Which calls of backward stand aside: they make gradients of parameters, and nothing else of the block depends on them.
import type { Place } from '../layer-context.ts';
import { Region } from '../runtime/plan.ts';
import { FixedPlace, Scratch } from './locations.ts';
import type { PartCall } from './program.ts';
import { Buffer } from './workspace.ts';

/**
 * The calls that may run at any time after those in front of them, until the step ends, and in any thread that knows where the block, the state
 * and the shard's gradients lie. No later call writes to their places.
 * @param sequence all calls for one block, in their order
 */
export function deferrableCalls(sequence: readonly PartCall[]): ReadonlySet<PartCall> {
  const isOwn = (call: PartCall, place: Place) =>
    place instanceof Scratch && sequence.every((other) => other === call || !other.places.includes(place));
  return new Set(
    sequence.filter((call, number) => {
      const { part, places, written } = call;
      const later = sequence.slice(number + 1);
      return (
        part === 'backward' &&
        written.some(isGradient) &&
        written.every((place) => isGradient(place) || isOwn(call, place)) &&
        places.every((place) => place instanceof Buffer || isGradient(place) || isIn(place, Region.state)) &&
        later.every((other) => !other.written.some((place) => places.includes(place)))
      );
    }),
  );
}

const isIn = (place: Place, region: Region): boolean => place instanceof FixedPlace && place.region === region;

const isGradient = (place: Place): boolean => isIn(place, Region.gradients);
