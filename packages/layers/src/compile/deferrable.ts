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
  const users = new Map<Location, Set<EncodedCall>>();
  /** The number of the last call that writes to a location. */
  const lastWrites = new Map<Location, number>();
  for (const [number, { call }] of sequence.entries()) {
    for (const location of call.operands) {
      const known = users.get(location);
      if (known) known.add(call);
      else users.set(location, new Set([call]));
    }
    for (const location of call.written) lastWrites.set(location, number);
  }
  const isOwn = (location: Location) => location instanceof ScratchBuffer && users.get(location)?.size === 1;
  const deferrable = sequence.filter(
    ({ call: { operands, written }, pass }, number) =>
      pass === 'backward' &&
      written.some(isGradient) &&
      written.every((location) => isGradient(location) || isOwn(location)) &&
      operands.every((location) => location instanceof BlockBuffer || isGradient(location) || isState(location)) &&
      operands.every((location) => (lastWrites.get(location) ?? -1) <= number),
  );
  return new Set(deferrable.map(({ call }) => call));
}

const isIn = (location: Location, region: Region): boolean =>
  location instanceof RegionBuffer && location.region === region;

const isGradient = (location: Location): boolean => isIn(location, Region.gradients);
const isState = (location: Location): boolean => isIn(location, Region.state);
