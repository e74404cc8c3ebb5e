// How gradients flow back: where the gradient of each value lies, and the sums where branches meet.
import { identity, sumGradients } from '@convoy/kernels';
import { sizeOf } from '@convoy/tensor';
import { type BufferLocation, type Call, call, MAX_NUMBERED, numberedOperands } from '../layer-context.ts';
import { BlockBuffer } from './locations.ts';
import { blockBytes, type Operation, type Operations, type Value } from './operations.ts';

/** A term of a value's gradient: what one of its users adds. */
interface GradientTerm {
  readonly location: BufferLocation;
  /** Whether nobody else uses the location, so that the whole gradient may be stored there. */
  readonly isOwn: boolean;
}

/** What an operation needs to go back. */
export interface BackwardFlow {
  /** Runs before the backward calls of the operation: makes its output gradient whole. */
  readonly collect: readonly Call[];
  readonly outputGradient: BufferLocation;
  /** For each input; undefined where nothing needs it, or where the operation hands on its output gradient. */
  readonly inputGradients: readonly (BufferLocation | undefined)[];
}

export interface GradientFlow {
  /** By operation; operations without an entry need no backward. */
  readonly operations: ReadonlyMap<Operation, BackwardFlow>;
  /** Where the loss of each output stores its gradient. */
  readonly outputs: readonly BufferLocation[];
  /** The gradient at the model's input, if anything needs it, and the calls that make it whole in the end. */
  readonly input: BufferLocation | undefined;
  readonly collectInput: readonly Call[];
}

/** Whether the only user of a value also applies the derivative of the value's activation. */
export const fusesDerivative = ({ definition, inputs }: Operation, { uses, isOutput }: Value): boolean =>
  definition.fusesInputActivation === true && inputs.length === 1 && uses === 1 && !isOutput;

export function gradientFlow({ input, operations, outputs }: Operations): GradientFlow {
  const terms = new Map<Value, GradientTerm[]>();
  /** Values whose gradient already includes the derivative of their activation. */
  const derived = new Set<Value>();
  const addTerm = (value: Value, location: BufferLocation, isOwn: boolean) => {
    const term = { location, isOwn };
    const others = terms.get(value);
    if (others) others.push(term);
    else terms.set(value, [term]);
    return location;
  };
  const newBuffer = (value: Value) => new BlockBuffer(`gradient of ${value.name}`, blockBytes(value.shape));
  const ofOutputs = outputs.map((value) => addTerm(value, newBuffer(value), true));
  const flows = new Map<Operation, BackwardFlow>();
  for (const operation of operations.toReversed()) {
    const { definition, inputs, y } = operation;
    if (!y.needsGradient) continue;
    const { collect, location: outputGradient } = collected(y, terms.get(y) ?? [], derived.has(y));
    const inputGradients = inputs.map((value) => {
      if (!value.needsGradient) return undefined;
      if (definition.passesGradient) {
        addTerm(value, outputGradient, false);
        return undefined;
      }
      if (fusesDerivative(operation, value)) derived.add(value);
      return addTerm(value, newBuffer(value), true);
    });
    flows.set(operation, { collect, outputGradient, inputGradients });
  }
  if (!input.needsGradient) return { operations: flows, outputs: ofOutputs, input: undefined, collectInput: [] };
  const { collect, location } = collected(input, terms.get(input) ?? [], true);
  return { operations: flows, outputs: ofOutputs, input: location, collectInput: collect };
}

/** The whole gradient of a value: the sum of its terms, times the derivative of its activation. */
function collected(
  value: Value,
  terms: readonly GradientTerm[],
  isDerived: boolean,
): { collect: readonly Call[]; location: BufferLocation } {
  const activation = isDerived ? identity : value.activation;
  const locations = terms.map((term) => term.location);
  const [first, ...others] = locations as [BufferLocation, ...BufferLocation[]];
  if (others.length === 0 && activation === identity) return { collect: [], location: first };
  const own = terms.slice(0, MAX_NUMBERED).find(({ isOwn }) => isOwn)?.location;
  const location = own ?? new BlockBuffer(`gradient of ${value.name}`, blockBytes(value.shape));
  const size = sizeOf(value.shape);
  const collect: Call[] = [];
  // In order, as many at a time as a kernel takes; the last sum is multiplied by the derivative.
  let rest: readonly BufferLocation[] = locations;
  for (; rest.length > MAX_NUMBERED; rest = [location, ...rest.slice(MAX_NUMBERED)]) {
    const part = numberedOperands('g', rest.slice(0, MAX_NUMBERED));
    collect.push(call(sumGradients(size, MAX_NUMBERED, identity), { ...part, y: undefined, dx: location }));
  }
  const y = activation === identity ? undefined : value.data;
  collect.push(call(sumGradients(size, rest.length, activation), { ...numberedOperands('g', rest), y, dx: location }));
  return { collect, location };
}
