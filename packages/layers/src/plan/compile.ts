// Compiles a model with its loss, metrics and optimizer into a plan.
import { encodeModule, type Kernel, LANES, scatter } from '@convoy/kernels';
import { ConvoyError, type Shape, sizeOf } from '@convoy/tensor';
import type { Call, Place } from '../layer.ts';
import { type Loss, lossDefinitionOf, type ScoreSite, type TargetKind, targetFormOf } from '../loss.ts';
import { type Metric, metricDefinitionOf } from '../metric.ts';
import { type Model, parametersOf } from '../model/sequential.ts';
import type { Optimizer } from '../optimizer.ts';
import {
  activationGradient,
  blockBytes,
  compileOperation,
  type Operations,
  operationsOf,
  type ParameterPlaces,
} from './operations.ts';
import { type Address, CACHE_LINE, type Plan, type PlanCall, type PlanParameter, Region, roundUp } from './plan.ts';
import { compileUpdate } from './update.ts';
import { Buffer, layOutWorkspace } from './workspace.ts';

export interface CompileOptions {
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly metrics?: readonly Metric[];
  /** Whether backward also computes the gradient at the model's input; default false. */
  readonly inputGradient?: boolean;
}

const FLOAT_BYTES = 4;
const FLOATS_PER_LINE = CACHE_LINE / FLOAT_BYTES;

/** A place whose address does not depend on the layout of the workspace. */
class FixedPlace implements Place, Address {
  readonly name: string;
  readonly region: Region;
  readonly offset: number;

  constructor(name: string, region: Region, offset: number) {
    this.name = name;
    this.region = region;
    this.offset = offset;
  }
}

/** A call with the layer it belongs to. */
interface LayerCall extends Call {
  readonly layer: string;
}

/**
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH if the loss or a metric cannot take the model's output; CONVOY_INVALID_OPTION if a metric wants other
 * targets than the loss.
 */
export function compilePlan(
  model: Model,
  { loss, optimizer, metrics = [], inputGradient = false }: CompileOptions,
): Plan {
  const parameters = placeParameters(model);
  const places = parameterPlaces(parameters.table);
  const operations = operationsOf(model, inputGradient);
  const compiled = operations.operations.map((operation) => compileOperation(operation, places));
  const named = (index: number, calls: readonly Call[]): readonly LayerCall[] => {
    const layer = operations.operations[index]?.layer.name as string;
    return calls.map((call) => ({ ...call, layer }));
  };
  const backward = (accumulate: boolean) =>
    compiled
      .map((layer, i) => named(i, layer.backward(accumulate)))
      .toReversed()
      .flat();
  const scores = scoring(model.output, operations, loss, metrics);
  const forward = compiled.flatMap((layer, i) => named(i, layer.forward));
  const overwriting = backward(false);
  const sequence = [...forward, ...scores.calls, ...overwriting];
  const io = {
    rows: new Buffer('rows', LANES * sizeOf(model.input) * FLOAT_BYTES),
    outputRows: new Buffer('output rows', blockBytes(model.output)),
  };
  const scattering: LayerCall = {
    layer: 'output',
    kernel: scatter(sizeOf(model.output)),
    places: [operations.output.data, io.outputRows],
  };
  const afterForward = forward.length;
  const end = sequence.length;
  const layout = layOutWorkspace(sequence, [
    { buffer: io.rows, first: -1, last: -1 },
    { buffer: operations.input.data, first: -1, last: -1 },
    { buffer: scores.targets, first: -1, last: -1 },
    { buffer: scores.weights, first: -1, last: -1 },
    { buffer: operations.output.data, first: afterForward, last: afterForward },
    { buffer: io.outputRows, first: afterForward, last: afterForward },
    ...(operations.input.gradient ? [{ buffer: operations.input.gradient, first: end, last: end }] : []),
  ]);

  const kernels: Kernel[] = [];
  const address = (place: Place): Address => {
    if (place instanceof FixedPlace) return { region: place.region, offset: place.offset };
    const offset = layout.offsets.get(place as Buffer);
    if (offset === undefined) throw new Error(`'${place.name}' has no place: a layer takes scratch memory in compile.`);
    return { region: Region.workspace, offset };
  };
  const addKernel = (kernel: Kernel) => kernels.push(kernel) - 1;
  const resolve = ({ kernel, layer, places: callPlaces }: LayerCall): PlanCall => ({
    kernel: addKernel(kernel),
    layer,
    arguments: callPlaces.map(address),
  });
  const calls = {
    forward: forward.map(resolve),
    score: scores.calls.map(resolve),
    backward: overwriting.map(resolve),
    backwardAccumulate: backward(true).map(resolve),
    scatter: resolve(scattering),
  };
  const { floats } = parameters;
  const update = compileUpdate(optimizer, floats, addKernel);
  const { bytes: module, exportNames, guardBytes } = encodeModule(kernels, { shared: true });
  const offsetOf = (buffer: Buffer) => layout.offsets.get(buffer) as number;
  return {
    input: model.input,
    output: model.output,
    targets: scores.targetForm,
    statistics: ['loss', ...metrics.map((metric) => metric.name)],
    parameters: parameters.table,
    parameterFloats: floats,
    stateBytes: floats * FLOAT_BYTES * (1 + update.slots.length),
    gradientBytes: floats * FLOAT_BYTES,
    statisticsBytes: roundUp((1 + metrics.length) * FLOAT_BYTES, CACHE_LINE),
    workspaceBytes: layout.bytes,
    guardBytes,
    rows: offsetOf(io.rows),
    inputs: offsetOf(operations.input.data),
    targetCells: offsetOf(scores.targets),
    weights: offsetOf(scores.weights),
    outputs: offsetOf(operations.output.data),
    outputRows: offsetOf(io.outputRows),
    inputGradient: operations.input.gradient && offsetOf(operations.input.gradient),
    module,
    exportNames,
    ...calls,
    ...update,
  };
}

/** Gives each parameter a place that starts on a cache line. */
function placeParameters(model: Model): { readonly table: readonly PlanParameter[]; readonly floats: number } {
  let floats = 0;
  const table = parametersOf(model).map(({ name, shape }) => {
    const offset = floats;
    floats += roundUp(sizeOf(shape), FLOATS_PER_LINE);
    return { name, shape, offset };
  });
  // A model without parameters still has a state, of one empty line.
  return { table, floats: Math.max(floats, FLOATS_PER_LINE) };
}

function parameterPlaces(table: readonly PlanParameter[]): ParameterPlaces {
  const offsets = new Map(table.map(({ name, offset }) => [name, offset * FLOAT_BYTES]));
  const placeIn = (region: Region) => (name: string) => new FixedPlace(name, region, offsets.get(name) as number);
  return { parameter: placeIn(Region.state), gradient: placeIn(Region.gradients) };
}

/** The calls of the loss and the metrics, with the buffers they compare with. */
function scoring(output: Shape, { output: prediction }: Operations, loss: Loss, metrics: readonly Metric[]) {
  const definition = lossDefinitionOf(loss);
  definition.checkOutput(loss.settings, output);
  const targetForm = targetFormOf(loss, output);
  const targets = new Buffer('targets', blockBytes(targetForm.shape));
  const weights = new Buffer('sample weights', blockBytes([1]));
  const site = (statistic: number, name: string): ScoreSite => ({
    output,
    targetForm,
    prediction: prediction.data,
    targets,
    weights,
    result: new FixedPlace(name, Region.statistics, statistic * FLOAT_BYTES),
  });
  const metricCalls = metrics.flatMap((metric, i) => {
    const metricDefinition = metricDefinitionOf(metric);
    const { name, settings } = metric;
    metricDefinition.checkOutput(settings, output);
    if (!metricDefinition.targets.includes(targetForm.kind)) throw targetsDiffer(loss, targetForm.kind, metric);
    return metricDefinition.compile(settings, site(i + 1, name)).map((call) => ({ ...call, layer: name }));
  });
  // Every output of a model that has operations has a gradient.
  const outputGradient = prediction.gradient ?? new Buffer('output gradient', blockBytes(output));
  const lossCalls = [
    ...definition.compile(loss.settings, { ...site(0, 'loss'), outputGradient }),
    ...activationGradient(prediction, output),
  ].map((call) => ({ ...call, layer: 'loss' }));
  return { calls: [...metricCalls, ...lossCalls], targets, targetForm, weights };
}

const targetsDiffer = (loss: Loss, kind: TargetKind, metric: Metric) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `the metric ${metric.name} with the loss ${loss.type}`,
    expected: `a metric of ${kind}, as the loss takes them`,
    mend: 'Leave the metric out, or change the loss.',
  });
