// Compiles each operation at its place in the plan.
import { identity } from '@convoy/kernels';
import { inLayer } from '../graph/layer-errors.ts';
import type { CompiledLayer, Place, Site, Work } from '../layer-context.ts';
import { Region } from '../runtime/plan.ts';
import { type BackwardFlow, fusesDerivative, type GradientFlow } from './gradients.ts';
import type { KernelCache } from './kernel-cache.ts';
import { Discarded, FixedPlace, Scratch, ShardMemory } from './locations.ts';
import type { Operation, Operations } from './operations.ts';
import { type EncodedCall, type EncodedWork, placesWritten, type WorkEncoder } from './work-encoder.ts';
import type { Buffer } from './workspace.ts';

const FLOAT_BYTES = 4;

/** Where parameters and their gradients lie, by full name. */
export interface ParameterPlaces {
  parameter(name: string): Place;
  /** A `Discarded` place for a parameter that is frozen. */
  gradient(name: string): Place;
}

/** What all layers of a plan are given. */
export interface PlanParts {
  readonly encoder: WorkEncoder;
  readonly kernels: KernelCache;
  readonly parameters: ParameterPlaces;
  readonly shard: ShardMemory;
  readonly weights: Buffer;
  readonly randomKeys: Buffer;
}

/** An operation with its kernels. */
export interface CompiledOperation {
  readonly operation: Operation;
  readonly forward: readonly EncodedWork[];
  readonly inference: readonly EncodedWork[];
  /** See `CompiledLayer`. */
  readonly recompute: readonly EncodedCall[] | undefined;
  /** From the gradients at its output to those at its inputs; none if nothing needs them. Of the first block of a shard, and of the others. */
  readonly backward: { readonly first: readonly EncodedWork[]; readonly later: readonly EncodedWork[] };
}

export function compileOperations(
  { operations }: Operations,
  flow: GradientFlow,
  parts: PlanParts,
): readonly CompiledOperation[] {
  // Of the uses of a shared layer, the last one comes first in backward: it overwrites, the others add to what it wrote.
  const lastUses = new Map(operations.map((operation) => [operation.layer.owner, operation]));
  return operations.map((operation) => {
    const isLastUse = lastUses.get(operation.layer.owner) === operation;
    return compileOperation(operation, flow.operations.get(operation), isLastUse, parts);
  });
}

function compileOperation(
  operation: Operation,
  flow: BackwardFlow | undefined,
  isLastUse: boolean,
  parts: PlanParts,
): CompiledOperation {
  const { layer, definition } = operation;
  const { encoder } = parts;
  const site = siteOf(operation, flow, parts);
  const compiled = inLayer(layer.name, () => definition.compile?.(layer.layer.settings, site) as CompiledLayer);
  const backward = (accumulate: boolean): readonly EncodedWork[] => {
    if (!flow) return [];
    const works = withoutIdle(inLayer(layer.name, () => compiled.backward(accumulate)));
    return [...flow.gather, ...works].map(encoder.work);
  };
  return {
    operation,
    forward: compiled.forward.map(encoder.work),
    inference: (compiled.inference ?? compiled.forward).map(encoder.work),
    // Calls of their own, since times are taken by calls.
    recompute: compiled.recompute?.map((call) => ({ ...encoder.call({ ...call }), layer: layer.name })),
    backward: { first: backward(!isLastUse), later: backward(true) },
  };
}

/** Leaves out calls whose only results are gradients that nobody wants, and scratch for other such calls. */
function withoutIdle(backward: readonly Work[]): readonly Work[] {
  const wanted = new Set<Place>();
  const isIdle = (place: Place | undefined) =>
    place instanceof Discarded || (place instanceof Scratch && !wanted.has(place));
  const kept = backward.toReversed().filter((work) => {
    if (!('kernel' in work)) return true;
    const written = placesWritten(work);
    if (written.length > 0 && written.every(isIdle)) return false;
    for (const place of work.places) wanted.add(place);
    return true;
  });
  return kept.toReversed();
}

function siteOf({ layer, definition, inputs, y }: Operation, flow: BackwardFlow | undefined, memory: PlanParts): Site {
  const { name, owner, output } = layer;
  const operation = { layer, definition, inputs, y };
  const [x] = inputs as [Operation['inputs'][number]];
  const siteInputs = inputs.map((value, i) => ({
    shape: layer.inputs[i] ?? value.shape,
    x: value.data,
    gradient: flow?.inputGradients[i],
  }));
  return {
    name,
    inputs: siteInputs,
    input: siteInputs[0]?.shape ?? y.shape,
    x: x.data,
    inputGradient: siteInputs[0]?.gradient,
    output,
    y: y.data,
    // Without a flow nothing goes back, and nobody looks at this place.
    outputGradient: flow?.outputGradient ?? new Discarded(`gradient of ${name}`, y.data.bytes),
    frozen: layer.layer.treatment?.frozen === true,
    kernel: memory.kernels.get,
    parameter: (parameter) => memory.parameters.parameter(`${owner}.${parameter}`),
    gradient: (parameter) => memory.parameters.gradient(`${owner}.${parameter}`),
    scratch: (floats) => new Scratch(`scratch of ${name}`, floats * FLOAT_BYTES),
    shardMemory: (floats) => memory.shard.take(`shard memory of ${name}`, floats * FLOAT_BYTES),
    partial: new FixedPlace(`partial of ${name}`, Region.partial, 0),
    blocks: new FixedPlace('blocks of the scope', Region.blocks, 0),
    share: ShardMemory.share,
    weights: memory.weights,
    randomKeys: memory.randomKeys,
    activation: y.activation,
    inputActivation: fusesDerivative(operation, x) ? x.activation : identity,
  };
}
