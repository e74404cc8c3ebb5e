// Compiles each operation: asks the definition of its layer for calls, and encodes their kernels.
import { identity } from '@convoy/kernels';
import { ConvoyError } from '@convoy/tensor';
import { inDefinition } from '@convoy/tensor/definitions';
import { inLayer } from '../graph/layer-errors.ts';
import type { BufferLocation, Call, CompiledLayer, LayerContext, Location, Work } from '../layer-context.ts';
import { type CallEncoder, type EncodedCall, type EncodedWork, isExchange, writtenOperands } from './call-encoder.ts';
import { checkedBackward, checkedLayer } from './compiled-checks.ts';
import { type BackwardFlow, fusesDerivative, type GradientFlow } from './gradients.ts';
import type { KernelCache } from './kernel-cache.ts';
import { BLOCKS, type BlockBuffer, DiscardedBuffer, PartialBuffer, ScratchBuffer, ShardMemory } from './locations.ts';
import type { Operation, Operations } from './operations.ts';

const FLOAT_BYTES = 4;

/** Where parameters and their gradients lie, by full name. */
export interface ParameterLocations {
  parameter(name: string): BufferLocation;
  /** A `DiscardedBuffer` for a parameter that is frozen. */
  gradient(name: string): BufferLocation;
}

/** What all layers of a plan share. */
export interface PlanResources {
  readonly encoder: CallEncoder;
  readonly kernels: KernelCache;
  readonly parameters: ParameterLocations;
  readonly shard: ShardMemory;
  readonly sampleWeights: BlockBuffer;
  readonly randomKeys: BlockBuffer;
}

/** An operation with its calls. */
export interface CompiledOperation {
  readonly operation: Operation;
  readonly forward: readonly EncodedWork[];
  readonly inference: readonly EncodedWork[];
  /** See `CompiledLayer`. */
  readonly recompute: readonly EncodedCall[] | undefined;
  /** From the gradient at its output to the gradients at its inputs; empty if nothing needs them. */
  readonly backward: readonly EncodedWork[];
}

export function compileOperations(
  { operations }: Operations,
  flow: GradientFlow,
  resources: PlanResources,
): readonly CompiledOperation[] {
  // Among the uses of a shared layer, the last one comes first in backward: it overwrites gradients, and the others add to them.
  const lastUses = new Map(operations.map((operation) => [operation.layer.owner, operation]));
  return operations.map((operation) => {
    const isLastUse = lastUses.get(operation.layer.owner) === operation;
    return compileOperation(operation, flow.operations.get(operation), isLastUse, resources);
  });
}

function compileOperation(
  operation: Operation,
  flow: BackwardFlow | undefined,
  isLastUse: boolean,
  resources: PlanResources,
): CompiledOperation {
  const { layer, definition } = operation;
  const { name } = layer;
  const { encoder } = resources;
  const context = contextOf(operation, flow, resources);
  const of = `layer '${name}'`;
  const compiled = checkedLayer(
    of,
    inLayer(name, () => definition.compile?.(layer.layer.settings, context)),
  );
  const encode = (works: readonly Work[]) => inDefinition(of, () => encoder.works(works, name));
  return {
    operation,
    forward: encode(compiled.forward),
    inference: encode(inferenceOf(name, compiled)),
    // Calls with numbers of their own, because times are measured by number.
    recompute: compiled.recompute?.map((call) => inDefinition(of, () => encoder.call({ ...call }, name))),
    backward: flow ? encode([...flow.collect, ...backwardOf(name, compiled, isLastUse)]) : [],
  };
}

/** The calls of a layer in evaluation and prediction, where blocks exchange nothing. */
function inferenceOf(layer: string, { forward, inference }: CompiledLayer): readonly Work[] {
  const works: readonly Work[] = inference ?? forward;
  if (!works.some((work) => isExchange(work))) return works;
  throw new ConvoyError('CONVOY_LAYER_FAILED', {
    given: `layer '${layer}', whose ${inference ? 'inference' : 'forward, without an inference,'} has an exchange`,
    expected: 'calls for evaluation and prediction, which compute each block by itself',
    fix: 'Return calls without an exchange as inference.',
  });
}

function backwardOf(name: string, compiled: CompiledLayer, isLastUse: boolean): readonly Work[] {
  const backward = checkedBackward(
    `layer '${name}'`,
    inLayer(name, () => compiled.backward()),
  );
  const works = inDefinition(`layer '${name}'`, () => withoutIdle(backward));
  if (isLastUse) return works;
  return works.map((work) => (isExchange(work) ? work : { ...work, kernel: work.laterKernel }));
}

/** Leaves out calls whose only results are gradients that nobody needs, and scratch memory for other such calls. */
function withoutIdle(backward: readonly Work[]): readonly Work[] {
  const wanted = new Set<Location | undefined>();
  const isIdle = (location: Location) =>
    location instanceof DiscardedBuffer || (location instanceof ScratchBuffer && !wanted.has(location));
  const kept = backward.toReversed().filter((work) => {
    if (isExchange(work)) return true;
    const written = writtenOperands(work as Call);
    if (written.length > 0 && written.every(isIdle)) return false;
    for (const location of Object.values((work as Call).operands)) wanted.add(location);
    return true;
  });
  return kept.toReversed();
}

function contextOf(operation: Operation, flow: BackwardFlow | undefined, resources: PlanResources): LayerContext {
  const { layer, inputs: values, y } = operation;
  const { name, owner, output } = layer;
  const [x] = values as [Operation['inputs'][number]];
  const inputs = values.map((value, i) => ({
    shape: layer.inputs[i] ?? value.shape,
    x: value.data,
    gradient: flow?.inputGradients[i],
  }));
  return {
    name,
    inputs,
    input: inputs[0]?.shape ?? y.shape,
    x: x.data,
    inputGradient: inputs[0]?.gradient,
    output,
    y: y.data,
    // Without a flow nothing goes back, and nobody uses this buffer.
    outputGradient: flow?.outputGradient ?? new DiscardedBuffer(`gradient of ${name}`, y.data.bytes),
    frozen: layer.layer.treatment?.frozen === true,
    kernel: resources.kernels.get,
    parameter: (parameter) => resources.parameters.parameter(`${owner}.${parameter}`),
    gradient: (parameter) => resources.parameters.gradient(`${owner}.${parameter}`),
    scratch: (floats) => new ScratchBuffer(`scratch of ${name}`, floats * FLOAT_BYTES),
    shardMemory: (floats) => resources.shard.take(`shard memory of ${name}`, floats * FLOAT_BYTES),
    partial: new PartialBuffer(`the partial of ${name}`),
    blocks: BLOCKS,
    shardShare: ShardMemory.share,
    sampleWeights: resources.sampleWeights,
    randomKeys: resources.randomKeys,
    activation: y.activation,
    inputActivation: fusesDerivative(operation, x) ? x.activation : identity,
  };
}
