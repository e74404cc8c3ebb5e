// How gradients flow back: where the gradient of each value lies, and the sums where branches meet.
import { identity, type Kernel, sumGradients } from '@convoy/kernels';
import { sizeOf } from '@convoy/tensor';
import type { Call, Place } from '../layer-context.ts';
import { blockBytes, type Operation, type Operations, type Value } from './operations.ts';
import { Buffer } from './workspace.ts';

/** Where a value's gradient, or a part of it, lies. */
interface Part {
  readonly place: Place;
  /** Whether nobody else uses the place, so that the whole gradient may take it over. */
  readonly isOwn: boolean;
}

/** What an operation goes back with. */
export interface BackwardFlow {
  /** To be run before the operation's backward: makes the gradient at its output whole. */
  readonly gather: readonly Call[];
  readonly outputGradient: Place;
  /** Of each input; undefined where nothing needs it, or where the operation passes on the gradient at its output. */
  readonly inputGradients: readonly (Place | undefined)[];
}

export interface GradientFlow {
  /** Operations to which a gradient comes, by themselves; those without need no backward. */
  readonly operations: ReadonlyMap<Operation, BackwardFlow>;
  /** Where the loss of each output puts its gradient. */
  readonly outputs: readonly Place[];
  /** The gradient at the model's input, if anything needs it, and the calls that make it whole in the end. */
  readonly input: Place | undefined;
  readonly gatherInput: readonly Call[];
}

/** Whether the only user of a value takes the derivative of its activation with it. */
export const fusesDerivative = ({ definition, inputs }: Operation, { uses, isOutput }: Value): boolean =>
  definition.fusesInputActivation === true && inputs.length === 1 && uses === 1 && !isOutput;

export function gradientFlow({ input, operations, outputs }: Operations): GradientFlow {
  const parts = new Map<Value, Part[]>();
  /** Values whose gradient comes with the derivative of their activation. */
  const derived = new Set<Value>();
  const newPart = (value: Value, place: Place, isOwn: boolean) => {
    parts.set(value, [...(parts.get(value) ?? []), { place, isOwn }]);
    return place;
  };
  const newBuffer = (value: Value) => new Buffer(`gradient of ${value.name}`, blockBytes(value.shape));
  const ofOutputs = outputs.map((value) => newPart(value, newBuffer(value), true));
  const flows = new Map<Operation, BackwardFlow>();
  for (const operation of operations.toReversed()) {
    const { definition, inputs, y } = operation;
    if (!y.needsGradient) continue;
    const { gather, place: outputGradient } = gathered(y, parts.get(y) ?? [], derived.has(y));
    const inputGradients = inputs.map((value) => {
      if (!value.needsGradient) return undefined;
      if (definition.passesGradient) {
        newPart(value, outputGradient, false);
        return undefined;
      }
      if (fusesDerivative(operation, value)) derived.add(value);
      return newPart(value, newBuffer(value), true);
    });
    flows.set(operation, { gather, outputGradient, inputGradients });
  }
  if (!input.needsGradient) return { operations: flows, outputs: ofOutputs, input: undefined, gatherInput: [] };
  const { gather, place } = gathered(input, parts.get(input) ?? [], true);
  return { operations: flows, outputs: ofOutputs, input: place, gatherInput: gather };
}

/** The whole gradient of a value: the sum of its parts, times the derivative of its activation. */
function gathered(value: Value, parts: readonly Part[], isDerived: boolean): { gather: readonly Call[]; place: Place } {
  const activation = isDerived ? identity : value.activation;
  const [first, ...others] = parts as [Part, ...Part[]];
  if (others.length === 0 && activation === identity) return { gather: [], place: first.place };
  const place =
    parts.find(({ isOwn }) => isOwn)?.place ?? new Buffer(`gradient of ${value.name}`, blockBytes(value.shape));
  const kernel: Kernel = sumGradients(sizeOf(value.shape), parts.length, activation);
  const y = activation === identity ? [] : [value.data];
  return { gather: [{ kernel, places: [...parts.map((part) => part.place), ...y, place] }], place };
}
