// Snapshots as files: a sealed safetensors file. Parameters have their own names, as any reader of safetensors expects; the arrays of the
// optimizer are named `optimizer.<slot>/<parameter>`, the tensors of callbacks `callback.<name>/…`. Everything else is one JSON text in the
// metadata.
import type { Augmentation } from '@convoy/datasets/augment';
import type { SafetensorsParts } from '@convoy/formats/parts';
import {
  type Layer,
  type Loss,
  type Metric,
  type Model,
  type ModelLayer,
  type Optimizer,
  type ParameterSpec,
  parametersOf,
  type ScheduleDescription,
  type Treatment,
} from '@convoy/layers';
import { ConvoyError, formatShape, sameShape, type Tensor } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import type { EpochRecord } from '../shared/records.ts';
import { checkpointError } from './checkpoint-error.ts';
import {
  anyObject,
  count,
  flag,
  listOf,
  number,
  objectOf,
  oneOrMore,
  optional,
  positiveCount,
  recordOf,
  text,
} from './checks.ts';
import { fromExactJson, isRecord, toExactJson } from './exact-json.ts';
import { encodeSealed, openSealed } from './sealed-file.ts';
import type { RunConfiguration, TrainingPosition, TrainingSnapshot } from './snapshot.ts';
import { withoutTensors, withTensors } from './state-tensors.ts';

/** The version of the metadata and of the names of tensors. A reader accepts only its own version. */
const VERSION = '2';

/** Everything of a snapshot except its tensors, as the metadata holds it. */
interface Description extends Omit<TrainingSnapshot, 'parameters' | 'slots'> {
  /** The names of the slots. */
  readonly slots: readonly string[];
}

/** Replaces a function in a stored configuration. Convoy cannot check whether a resumed run has the same function. */
const UNSTORED_FUNCTION: ScheduleDescription = { type: 'a function', settings: {} };

/**
 * The consecutive pieces of a checkpoint. They view the parameters and slots of the snapshot, and have copies of the tensors of callbacks,
 * which may change. A learning rate that is a function is not stored: the resumed run must be given the same function.
 * @throws ConvoyError CONVOY_INVALID_DATA for a configuration or a callback's state that a checkpoint cannot hold
 */
export function encodeSnapshot(snapshot: TrainingSnapshot): readonly Uint8Array[] {
  const { configuration, position, records, callbacks, parameters, slots } = snapshot;
  const tensors = new Map(parameters);
  for (const [slot, arrays] of slots) {
    for (const [parameter, array] of arrays) addTensor(tensors, slotTensor(slot, parameter), array);
  }
  const description: Description = {
    configuration: storable(configuration),
    position,
    records,
    callbacks: withoutTensors(callbacks, (name, tensor) => addTensor(tensors, name, tensor.clone())),
    slots: [...slots.keys()],
  };
  return encodeSealed(tensors, { version: VERSION, convoy: toExactJson('snapshot', description) });
}

/**
 * The snapshot that `encodeSnapshot` encoded, with the tensors of the parts.
 * @param source the name of the file in messages
 * @throws ConvoyError CONVOY_FILE_FORMAT for a file that was damaged, is of another version, or of another format
 */
export function decodeSnapshot(parts: SafetensorsParts, source: string): TrainingSnapshot {
  const { tensors, metadata } = openSealed(parts, source);
  const { version, convoy } = metadata;
  if (version !== VERSION) {
    throw checkpointError(source, `the version ${describeValue(version)}`, `version ${VERSION}`);
  }
  const { slots, callbacks, ...description } = parseDescription(convoy, source);
  const specs = parametersOf(description.configuration.model);
  const snapshot = {
    ...description,
    callbacks: withTensors(callbacks, tensors, source),
    parameters: takeTensors(tensors, specs, (name) => name, source),
    slots: new Map(slots.map((slot) => [slot, takeTensors(tensors, specs, (name) => slotTensor(slot, name), source)])),
  };
  const [extra] = tensors.keys();
  if (extra === undefined) return snapshot;
  throw checkpointError(
    source,
    `the tensor ${describeValue(extra)}`,
    'only the tensors of its model and its callbacks',
  );
}

/** The configuration in the form that a file can hold. */
export const storable = (configuration: RunConfiguration): RunConfiguration => ({
  ...configuration,
  optimizer: withoutFunctions(configuration.optimizer) as Optimizer,
});

/** Schedules may contain other schedules, and those may be functions. */
function withoutFunctions(value: unknown): unknown {
  if (typeof value === 'function') return UNSTORED_FUNCTION;
  if (Array.isArray(value)) return value.map(withoutFunctions);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, withoutFunctions(field)]));
}

const slotTensor = (slot: string, parameter: string): string => `optimizer.${slot}/${parameter}`;

function addTensor(tensors: Map<string, Tensor>, name: string, tensor: Tensor): void {
  if (tensors.has(name)) {
    throw new ConvoyError('CONVOY_INVALID_DATA', {
      given: `two tensors with the name ${describeValue(name)}`,
      expected: 'different names for parameters, the arrays of the optimizer, and the tensors of callbacks',
      fix: 'Change the name option of its layer, or the key in the state of the callback.',
    });
  }
  tensors.set(name, tensor);
}

/** Removes the tensors of one kind, one for each parameter, from the tensors of the file. */
function takeTensors(
  tensors: Map<string, Tensor>,
  specs: readonly ParameterSpec[],
  nameOf: (parameter: string) => string,
  source: string,
): Map<string, Tensor> {
  return new Map(
    specs.map(({ name: parameter, shape }) => {
      const name = nameOf(parameter);
      const tensor = tensors.get(name);
      if (tensor === undefined || !sameShape(tensor.shape, shape)) {
        const found = tensor === undefined ? 'no' : `shape ${formatShape(tensor.shape)} of the`;
        throw checkpointError(source, `${found} tensor ${describeValue(name)}`, `one of shape ${formatShape(shape)}`);
      }
      tensors.delete(name);
      return [parameter, tensor];
    }),
  );
}

function parseDescription(json: string | undefined, source: string): Description {
  let description: unknown;
  try {
    description = fromExactJson(json ?? '');
  } catch (cause) {
    throw checkpointError(source, 'a description that cannot be parsed', 'JSON in its metadata', cause);
  }
  checkDescription(description, { source, path: '' });
  return description as Description;
}

const shape = listOf(positiveCount);

const checkModel = objectOf<Model>({
  input: shape,
  layers: listOf(
    objectOf<ModelLayer>({
      name: text,
      layer: objectOf<Layer>({
        type: text,
        name: optional(text),
        settings: anyObject,
        treatment: optional(objectOf<Treatment>({ frozen: flag, learningRateFactor: number, weightDecay: flag })),
        shared: optional(flag),
      }),
      from: listOf(number),
      inputs: listOf(shape),
      output: shape,
      parameters: listOf(
        objectOf<ParameterSpec>({
          name: text,
          shape,
          initializer: anyObject,
          fanIn: number,
          fanOut: number,
          movingAverage: optional(number),
        }),
      ),
      owner: text,
    }),
  ),
  outputs: listOf(count),
  output: shape,
});

const checkDescription = objectOf<Description>({
  configuration: objectOf<RunConfiguration>({
    model: checkModel,
    loss: oneOrMore(objectOf<Loss>({ type: text, settings: anyObject, weight: optional(number) })),
    optimizer: objectOf<Optimizer>({ type: text, settings: anyObject }),
    metrics: listOf(objectOf<Metric>({ type: text, name: text, settings: anyObject })),
    batchSize: positiveCount,
    shards: positiveCount,
    seed: count,
    shuffle: flag,
    augment: optional(listOf(objectOf<Augmentation>({ type: text, settings: anyObject, module: optional(text) }))),
    samples: positiveCount,
    arithmetic: positiveCount,
  }),
  position: objectOf<TrainingPosition>({
    step: count,
    epoch: count,
    batch: count,
    seconds: number,
    totals: listOf(number),
    learningRateFactor: number,
    stopped: optional(text),
  }),
  records: listOf(
    objectOf<EpochRecord>({
      epoch: positiveCount,
      scores: recordOf(number),
      validation: optional(recordOf(number)),
      seconds: number,
      samplesPerSecond: number,
    }),
  ),
  callbacks: anyObject,
  slots: listOf(text),
});
