// Which calls of backward are deferrable: they make gradients of parameters, and nothing else of the block depends on them.
import type { Location } from '../layer-context.ts';
import { Region } from '../runtime/plan.ts';
import type { EncodedCall } from './call-encoder.ts';
import { BlockBuffer, RegionBuffer, ScratchBuffer } from './locations.ts';
import type { OrderedCall } from './program.ts';

/**
 * The calls that may run at any time after the calls before them, until the step ends, on any thread that knows the addresses of the block, the
 * state and the shard's gradients. No later call writes to their buffers.
 * @param sequence all calls for one block, in their order
 */
export function deferrableCalls(sequence: readonly OrderedCall[]): ReadonlySet<EncodedCall> {
  const isOwn = (call: EncodedCall, location: Location) =>
    location instanceof ScratchBuffer &&
    sequence.every(({ call: other }) => other === call || !other.operands.includes(location));
  const deferrable = sequence.filter(({ call, pass }, number) => {
    const { operands, written } = call;
    const later = sequence.slice(number + 1);
    return (
      pass === 'backward' &&
      written.some(isGradient) &&
      written.every((location) => isGradient(location) || isOwn(call, location)) &&
      operands.every((location) => location instanceof BlockBuffer || isGradient(location) || isState(location)) &&
      later.every((other) => !other.call.written.some((location) => operands.includes(location)))
    );
  });
  return new Set(deferrable.map(({ call }) => call));
}

const isIn = (location: Location, region: Region): boolean =>
  location instanceof RegionBuffer && location.region === region;

const isGradient = (location: Location): boolean => isIn(location, Region.gradients);
const isState = (location: Location): boolean => isIn(location, Region.state);
