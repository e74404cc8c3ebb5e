// Compiles a model with its loss, metrics and optimizer into a plan.
import { LANES, scatter } from '@convoy/kernels';
import { sizeOf } from '@convoy/tensor';
import { inDefinition } from '@convoy/tensor/definitions';
import type { Model } from '../graph/model.ts';
import { call, type Location, partialStride } from '../layer-context.ts';
import type { Losses } from '../loss.ts';
import type { Metric } from '../metric.ts';
import type { Optimizer } from '../optimizer.ts';
import type { Backend } from '../runtime/backend.ts';
import {
  type Address,
  CACHE_LINE,
  type Plan,
  type PlanCall,
  type PlanPhase,
  Region,
  roundUp,
} from '../runtime/plan.ts';
import { CallEncoder, type EncodedCall } from './call-encoder.ts';
import { deferrableCalls } from './deferrable.ts';
import { gradientFlow } from './gradients.ts';
import { KernelCache } from './kernel-cache.ts';
import { compileOperations, type ParameterLocations } from './layer-contexts.ts';
import { BLOCKS, BlockBuffer, DiscardedBuffer, RegionBuffer, ShardMemory } from './locations.ts';
import { blockBytes, operationsOf, type Value } from './operations.ts';
import { type OrderedCall, type Phase, programOf } from './program.ts';
import { recomputeValues } from './recompute.ts';
import { compileScores } from './scores.ts';
import { layOutState, type StateLayout } from './state-layout.ts';
import { compileUpdate } from './update.ts';
import { webAssembly } from './wasm-backend.ts';
import { layOutWorkspace, type WorkspaceLayout } from './workspace.ts';

export interface CompileOptions {
  /** A list for a model with several outputs, one loss for each; they are added. */
  readonly loss: Losses;
  readonly optimizer: Optimizer;
  readonly metrics?: readonly Metric[];
  /** Whether backward also computes the gradient at the model's input; default false. */
  readonly inputGradient?: boolean;
  /** Whether deferrable calls may be left to another thread; see `Plan.isAssisted`. Default false; layers with exchanges prevent it. */
  readonly assisted?: boolean;
  /** Whether the reduction is a stage before the update, so that something can happen in between; default only where a norm is clipped. */
  readonly separateReduction?: boolean;
  /** What encodes the kernels; default WebAssembly. An `Engine` binds them with the same back end. */
  readonly backend?: Pick<Backend, 'encode'>;
}

const FLOAT_BYTES = 4;

/**
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH if a loss or a metric cannot take the model's output; CONVOY_INVALID_OPTION if they need different
 * targets, or if there are not as many losses as outputs; CONVOY_LAYER_FAILED if a layer's definition throws, or passes wrong operands.
 */
export function compilePlan(model: Model, options: CompileOptions): Plan {
  const { loss, optimizer, metrics = [], inputGradient = false, assisted = false } = options;
  const { separateReduction = false, backend = webAssembly } = options;
  const encoder = new CallEncoder(backend.encode());
  const state = layOutState(model);
  const operations = operationsOf(model, inputGradient);
  const flow = gradientFlow(operations);
  const scoring = compileScores(model, operations, flow, loss, metrics, encoder);
  const shard = new ShardMemory();
  const randomKeys = new BlockBuffer('random keys', LANES * FLOAT_BYTES);
  const resources = {
    encoder,
    kernels: new KernelCache(),
    parameters: parameterLocations(state),
    shard,
    sampleWeights: scoring.sampleWeights,
    randomKeys,
  };
  const compiled = recomputeValues(compileOperations(operations, flow, resources));
  const collectInput = flow.collectInput.map((each) => encoder.call(each, 'input'));
  const program = programOf(compiled, scoring.calls, collectInput);

  const rows = new BlockBuffer('rows', LANES * sizeOf(model.input) * FLOAT_BYTES);
  const outputRows = new BlockBuffer('output rows', blockBytes(model.output));
  const [output] = operations.outputs as [Value];
  const scattering = encoder.call(call(scatter(sizeOf(model.output)), { x: output.data, rows: outputRows }), 'output');
  const sequence = program.layoutOrder;
  const isAssisted = assisted && program.training.length === 1;
  const deferrable = isAssisted ? deferrableCalls(sequence) : new Set<EncodedCall>();
  const layout = layOutWorkspace(sequence, [
    ...[rows, operations.input.data, scoring.targets, scoring.sampleWeights].map(fromStart),
    ...(sequence.some((each) => each.call.operands.includes(randomKeys)) ? [fromStart(randomKeys)] : []),
    ...[output.data, outputRows].map((buffer) => ({
      buffer,
      first: program.afterForward,
      last: program.afterForward,
    })),
    ...deferredLifetimes(sequence, deferrable),
    ...(flow.input instanceof BlockBuffer ? [atEnd(flow.input, sequence)] : []),
  ]);

  const planCall = planCalls(layout, deferrable);
  const { phases, partialBytes } = planPhases(program.training, planCall);
  const calls = {
    training: phases,
    inference: program.inference.map(planCall),
    scoring: scoring.calls.map(planCall),
    scatter: planCall(scattering),
  };
  const update = inDefinition(`the optimizer ${optimizer.type}`, () =>
    compileUpdate(optimizer, state, separateReduction, encoder.kernel),
  );
  const { bytes: module, exportNames, guardBytes } = encoder.module();
  const offsetOf = (buffer: BlockBuffer) => layout.workspace.offsets.get(buffer) as number;
  return {
    input: model.input,
    output: model.output,
    targets: scoring.targetSpec,
    scores: ['loss', ...metrics.map((metric) => metric.name)],
    parameters: state.parameters,
    parameterFloats: state.floats,
    stateBytes: state.floats * FLOAT_BYTES * (1 + update.slots.length),
    gradientBytes: state.floats * FLOAT_BYTES,
    scoreBytes: roundUp((1 + metrics.length) * FLOAT_BYTES, CACHE_LINE),
    isAssisted,
    workspaceBytes: layout.workspace.bytes,
    transientBytes: layout.transient.bytes,
    shardBytes: shard.bytes,
    partialBytes,
    guardBytes,
    rows: offsetOf(rows),
    inputs: offsetOf(operations.input.data),
    targetCells: offsetOf(scoring.targets),
    sampleWeights: offsetOf(scoring.sampleWeights),
    outputs: offsetOf(output.data),
    outputRows: offsetOf(outputRows),
    randomKeys: layout.workspace.offsets.get(randomKeys),
    inputGradient: flow.input && offsetOf(flow.input as BlockBuffer),
    module,
    exportNames,
    ...calls,
    ...update,
  };
}

/** Something outside of the calls writes the buffer before the first of them. */
const fromStart = (buffer: BlockBuffer) => ({ buffer, first: -1, last: -1 });

/** Something outside of the calls reads the buffer after the last of them. */
const atEnd = (buffer: BlockBuffer, { length }: readonly OrderedCall[]) => ({ buffer, first: length, last: length });

/** The buffers of deferrable calls stay in use until the end: the calls may run after all others. */
const deferredLifetimes = (sequence: readonly OrderedCall[], deferrable: ReadonlySet<EncodedCall>) =>
  sequence.flatMap(({ call: { operands }, call: each }, first) =>
    deferrable.has(each)
      ? operands.flatMap((buffer) => (buffer instanceof BlockBuffer ? [{ buffer, first, last: sequence.length }] : []))
      : [],
  );

/** Makes calls of the plan; the same call always becomes the same. */
function planCalls({ workspace, transient }: WorkspaceLayout, deferrable: ReadonlySet<EncodedCall>) {
  const address = (location: Location): Address => {
    if (location === BLOCKS) return { region: BLOCKS.region, offset: BLOCKS.offset };
    if (location instanceof RegionBuffer) return { region: location.region, offset: location.offset };
    const kept = workspace.offsets.get(location as BlockBuffer);
    if (kept !== undefined) return { region: Region.workspace, offset: kept };
    return { region: Region.transient, offset: transient.offsets.get(location as BlockBuffer) as number };
  };
  const known = new Map<EncodedCall, PlanCall>();
  return (encoded: EncodedCall): PlanCall => {
    const { kernel, laterKernel, layer, operands } = encoded;
    const made = known.get(encoded) ?? {
      kernel,
      laterKernel,
      layer,
      operands: operands.map(address),
      isDeferrable: deferrable.has(encoded),
    };
    known.set(encoded, made);
    return made;
  };
}

/** Gives each exchange memory for its partials. */
function planPhases(phases: readonly Phase[], planCall: (call: EncodedCall) => PlanCall) {
  let partialBytes = 0;
  const planned = phases.map(({ stages, exchange }): PlanPhase => {
    const offset = partialBytes;
    const stride = exchange ? partialStride(exchange.partialFloats) * FLOAT_BYTES : 0;
    partialBytes += stride;
    return {
      stages: stages.map(({ pass, calls }) => ({ pass, calls: calls.map(planCall) })),
      exchange: exchange && {
        scope: exchange.scope,
        pass: exchange.pass,
        combine: exchange.combine.map(planCall),
        stride,
        offset,
      },
    };
  });
  return { phases: planned, partialBytes };
}

function parameterLocations({ parameters, frozen }: StateLayout): ParameterLocations {
  const locations = new Map(
    parameters.map(({ name, shape, offset }) => {
      const bytes = sizeOf(shape) * FLOAT_BYTES;
      const at = (region: Region, what: string) => new RegionBuffer(what, region, offset * FLOAT_BYTES, bytes);
      const gradient = `gradient of ${name}`;
      return [
        name,
        {
          parameter: at(Region.state, name),
          gradient: frozen.has(name) ? new DiscardedBuffer(gradient, bytes) : at(Region.gradients, gradient),
        },
      ];
    }),
  );
  const entry = (name: string) => {
    const found = locations.get(name);
    if (found) return found;
    throw new Error(`'${name}' is no parameter: a layer asked for one that its definition does not list.`);
  };
  return { parameter: (name) => entry(name).parameter, gradient: (name) => entry(name).gradient };
}
