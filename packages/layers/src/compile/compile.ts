// Compiles a model with its loss, metrics and optimizer into a plan.
import { LANES, scatter } from '@convoy/kernels';
import { sizeOf } from '@convoy/tensor';
import type { Model } from '../graph/model.ts';
import { type Place, partialStride } from '../layer-context.ts';
import type { Losses } from '../loss.ts';
import type { Metric } from '../metric.ts';
import type { Optimizer } from '../optimizer.ts';
import {
  type Address,
  CACHE_LINE,
  type Plan,
  type PlanCall,
  type PlanPhase,
  Region,
  roundUp,
} from '../runtime/plan.ts';
import { deferrableCalls } from './deferrable.ts';
import { gradientFlow } from './gradients.ts';
import { KernelCache } from './kernel-cache.ts';
import { compileOperations, type ParameterPlaces } from './layer-contexts.ts';
import { Discarded, FixedPlace, ShardMemory } from './locations.ts';
import { blockBytes, operationsOf, type Value } from './operations.ts';
import { type PartCall, type Phase, programOf } from './program.ts';
import { recomputeValues } from './recompute.ts';
import { compileScores } from './scores.ts';
import { layOutState, type StateLayout } from './state-layout.ts';
import { compileUpdate } from './update.ts';
import { WorkEncoder } from './work-encoder.ts';
import { Buffer, layOutWorkspace } from './workspace.ts';

export interface CompileOptions {
  /** A list for a model of several outputs, one loss for each; they are added. */
  readonly loss: Losses;
  readonly optimizer: Optimizer;
  readonly metrics?: readonly Metric[];
  /** Whether backward also computes the gradient at the model's input; default false. */
  readonly inputGradient?: boolean;
  /** Whether gradients of parameters may be left to another thread; see `Plan.isAssisted`. Default false; layers that exchange something prevent it. */
  readonly assisted?: boolean;
}

const FLOAT_BYTES = 4;

/**
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH if a loss or a metric cannot take the model's output; CONVOY_INVALID_OPTION if they want different
 * targets, or if there are not as many losses as outputs; CONVOY_LAYER_FAILED if a layer's definition throws.
 */
export function compilePlan(
  model: Model,
  { loss, optimizer, metrics = [], inputGradient = false, assisted = false }: CompileOptions,
): Plan {
  const state = layOutState(model);
  const operations = operationsOf(model, inputGradient);
  const flow = gradientFlow(operations);
  const scoring = compileScores(model, operations, flow, loss, metrics);
  const encoder = new WorkEncoder();
  const shard = new ShardMemory();
  const randomKeys = new Buffer('random keys', LANES * FLOAT_BYTES);
  const { weights } = scoring;
  const parameters = placesOf(state);
  const compiled = compileOperations(operations, flow, {
    encoder,
    kernels: new KernelCache(),
    parameters,
    shard,
    weights,
    randomKeys,
  });
  const scores = scoring.calls.map(
    ({ call, name }): PartCall => ({ ...encoder.call(call), layer: name, part: 'score' }),
  );
  const program = programOf(recomputeValues(compiled), scores, flow.gatherInput.map(encoder.call));

  const rows = new Buffer('rows', LANES * sizeOf(model.input) * FLOAT_BYTES);
  const outputRows = new Buffer('output rows', blockBytes(model.output));
  const [output] = operations.outputs as [Value];
  const scattering: PartCall = {
    ...encoder.call({ kernel: scatter(sizeOf(model.output)), places: [output.data, outputRows] }),
    layer: 'output',
    part: 'forward',
  };
  const sequence = program.layoutOrder;
  const isAssisted = assisted && program.training.length === 1;
  const asides = isAssisted ? deferrableCalls(sequence.map(({ call }) => call)) : new Set<PartCall>();
  const { workspace, transient } = layOutWorkspace(sequence, [
    { buffer: rows, first: -1, last: -1 },
    { buffer: operations.input.data, first: -1, last: -1 },
    { buffer: scoring.targets, first: -1, last: -1 },
    { buffer: weights, first: -1, last: -1 },
    ...(sequence.some(({ call }) => call.places.includes(randomKeys))
      ? [{ buffer: randomKeys, first: -1, last: -1 }]
      : []),
    { buffer: output.data, first: program.afterForward, last: program.afterForward },
    { buffer: outputRows, first: program.afterForward, last: program.afterForward },
    // They may run when all others have.
    ...sequence.flatMap(({ call }, first) =>
      asides.has(call)
        ? call.places.flatMap((place) =>
            place instanceof Buffer ? [{ buffer: place, first, last: sequence.length }] : [],
          )
        : [],
    ),
    ...(flow.input instanceof Buffer ? [{ buffer: flow.input, first: sequence.length, last: sequence.length }] : []),
  ]);

  const address = (place: Place): Address => {
    if (place instanceof FixedPlace) return { region: place.region, offset: place.offset };
    const kept = workspace.offsets.get(place as Buffer);
    if (kept !== undefined) return { region: Region.workspace, offset: kept };
    const offset = transient.offsets.get(place as Buffer);
    if (offset === undefined) throw new Error(`'${place.name}' has no place: a layer takes scratch memory in compile.`);
    return { region: Region.transient, offset };
  };
  const resolved = new Map<PartCall, PlanCall>();
  const resolve = (call: PartCall): PlanCall => {
    const { kernel, layer, places } = call;
    const known = resolved.get(call);
    if (known) return known;
    const made = { kernel, layer, arguments: places.map(address), isDeferrable: asides.has(call) };
    resolved.set(call, made);
    return made;
  };
  const { phases, partialBytes } = resolvePhases(program.training, resolve);
  const calls = {
    training: phases,
    inference: program.inference.map(resolve),
    score: scores.map(resolve),
    scatter: resolve(scattering),
  };
  const update = compileUpdate(optimizer, state, encoder.kernel);
  const { bytes: module, exportNames, guardBytes } = encoder.module();
  const offsetOf = (buffer: Buffer) => workspace.offsets.get(buffer) as number;
  return {
    input: model.input,
    output: model.output,
    targets: scoring.targetForm,
    statistics: ['loss', ...metrics.map((metric) => metric.name)],
    parameters: state.parameters,
    parameterFloats: state.floats,
    stateBytes: state.floats * FLOAT_BYTES * (1 + update.slots.length),
    gradientBytes: state.floats * FLOAT_BYTES,
    isAssisted,
    statisticsBytes: roundUp((1 + metrics.length) * FLOAT_BYTES, CACHE_LINE),
    workspaceBytes: workspace.bytes,
    transientBytes: transient.bytes,
    shardBytes: shard.bytes,
    partialBytes,
    guardBytes,
    rows: offsetOf(rows),
    inputs: offsetOf(operations.input.data),
    targetCells: offsetOf(scoring.targets),
    weights: offsetOf(weights),
    outputs: offsetOf(output.data),
    outputRows: offsetOf(outputRows),
    randomKeys: workspace.offsets.get(randomKeys),
    inputGradient: flow.input && offsetOf(flow.input as Buffer),
    module,
    exportNames,
    ...calls,
    ...update,
  };
}

/** Gives each exchange its memory, and each call its kernel. */
function resolvePhases(phases: readonly Phase[], resolve: (call: PartCall) => PlanCall) {
  let partialBytes = 0;
  const resolved = phases.map(({ stages, exchange }): PlanPhase => {
    const offset = partialBytes;
    const stride = exchange ? partialStride(exchange.partialFloats) * FLOAT_BYTES : 0;
    partialBytes += stride;
    return {
      stages: stages.map(({ part, first, later }) => ({ part, first: first.map(resolve), later: later.map(resolve) })),
      exchange: exchange && {
        scope: exchange.scope,
        part: exchange.part,
        combine: exchange.combine.map(resolve),
        stride,
        offset,
      },
    };
  });
  return { phases: resolved, partialBytes };
}

function placesOf({ parameters, groups }: StateLayout): ParameterPlaces {
  const isFrozen = (offset: number) =>
    groups.some(({ first, last, treatment }) => treatment.frozen && first <= offset && offset < last);
  const places = new Map(
    parameters.map(({ name, shape, offset }) => {
      const at = (region: Region) => new FixedPlace(name, region, offset * FLOAT_BYTES);
      const discarded = () => new Discarded(`gradient of ${name}`, sizeOf(shape) * FLOAT_BYTES);
      return [name, { parameter: at(Region.state), gradient: isFrozen(offset) ? discarded() : at(Region.gradients) }];
    }),
  );
  const entry = (name: string) => {
    const found = places.get(name);
    if (found) return found;
    throw new Error(`'${name}' is no parameter: a layer asked for one that its definition does not list.`);
  };
  return { parameter: (name) => entry(name).parameter, gradient: (name) => entry(name).gradient };
}
