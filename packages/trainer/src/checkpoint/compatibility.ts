// Whether a checkpoint belongs to the run that is to continue: any difference would change the results of the run, or make no sense.
import { lossesOf, USUAL_TREATMENT } from '@convoy/layers/compile';
import { ConvoyError } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { storable } from './encoding.ts';
import { isRecord } from './exact-json.ts';
import type { RunConfiguration, TrainingSnapshot } from './snapshot.ts';

/** A part of two configurations, under the name that messages give it. */
type Part = readonly [name: string, stored: unknown, current: unknown];

interface Difference {
  /** The path within the part, such as `.momentum`. */
  readonly path: string;
  readonly stored: unknown;
  readonly current: unknown;
}

/**
 * Compares everything that determines the bits of a run. Functions cannot be compared and count as equal.
 * @param file the path of the checkpoint, for the message
 * @throws ConvoyError CONVOY_CHECKPOINT_MISMATCH with the first difference, both values, and the layer that differs
 */
export function assertSameRun(stored: RunConfiguration, current: RunConfiguration, file: string): void {
  for (const [name, before, now] of partsOf(storable(stored), storable(current))) {
    const difference = firstDifference(before, now, '');
    if (difference === undefined) continue;
    const { path, stored, current } = difference;
    throw new ConvoyError('CONVOY_CHECKPOINT_MISMATCH', {
      given: `the checkpoint ${JSON.stringify(file)} of a run with ${name}${path}: ${show(stored)}`,
      expected: `${show(current)}, as the trainer and its data have`,
      fix: 'Resume with the options and data that the run was started with (workers may differ), or start a new run in another directory.',
    });
  }
}

/** @throws ConvoyError CONVOY_CHECKPOINT_MISMATCH if the checkpoint is beyond the last epoch */
export function assertWithin(epochs: number, { records, position }: TrainingSnapshot): void {
  const done = records.length;
  const isBetweenEpochs = position.batch === 0;
  if (done < epochs || (done === epochs && isBetweenEpochs)) return;
  throw new ConvoyError('CONVOY_CHECKPOINT_MISMATCH', {
    given: `a checkpoint ${isBetweenEpochs ? `after epoch ${done}` : `in the middle of epoch ${done + 1}`} with epochs: ${epochs}`,
    expected: 'a checkpoint of one of these epochs',
    fix: `Pass epochs: ${isBetweenEpochs ? done : done + 1} or more, or resume from an earlier checkpoint.`,
  });
}

/** In the order in which people look for a reason: a layer's own options before the shapes that follow from them. */
function* partsOf(stored: RunConfiguration, current: RunConfiguration): Generator<Part> {
  yield ['input', stored.model.input, current.model.input];
  for (let i = 0; i < Math.max(stored.model.layers.length, current.model.layers.length); i++) {
    const [before, now] = [stored.model.layers[i], current.model.layers[i]];
    const layer = `layer ${describeValue((before ?? now)?.name)}`;
    yield [`${layer}, name`, before?.name, now?.name];
    yield* descriptionParts(layer, before?.layer, now?.layer);
    const [treatment, own] = [before, now].map((placed) => placed?.layer.treatment ?? USUAL_TREATMENT);
    for (const option of ['frozen', 'learningRateFactor', 'weightDecay'] as const) {
      yield [`${layer}, options.${option}`, treatment?.[option], own?.[option]];
    }
    yield [layer, before, now];
  }
  yield ['outputs', stored.model.outputs, current.model.outputs];
  const [losses, ownLosses] = [lossesOf(stored.loss), lossesOf(current.loss)];
  for (let i = 0; i < Math.max(losses.length, ownLosses.length); i++) {
    const name = i === 0 ? 'loss' : `loss of output ${i + 1}`;
    yield* descriptionParts(name, losses[i], ownLosses[i]);
    yield [`${name}, weight`, losses[i]?.weight, ownLosses[i]?.weight];
  }
  yield* descriptionParts('optimizer', stored.optimizer, current.optimizer);
  yield ['metrics', stored.metrics, current.metrics];
  yield* augmentParts(stored.augment, current.augment);
  for (const option of ['batchSize', 'shards', 'seed', 'shuffle', 'samples', 'arithmetic'] as const) {
    yield [option, stored[option], current[option]];
  }
}

function* augmentParts(
  stored: RunConfiguration['augment'] = [],
  current: RunConfiguration['augment'] = [],
): Generator<Part> {
  for (let i = 0; i < Math.max(stored.length, current.length); i++) {
    yield* descriptionParts(`augmentation ${i + 1}`, stored[i], current[i]);
  }
}

interface Described {
  readonly type: string;
  readonly settings: object;
}

function* descriptionParts(name: string, stored?: Described, current?: Described): Generator<Part> {
  yield [`${name}, type`, stored?.type, current?.type];
  yield [`${name}, options`, stored?.settings, current?.settings];
}

/** A missing field is the same as one that is undefined. */
function firstDifference(stored: unknown, current: unknown, path: string): Difference | undefined {
  if (Array.isArray(stored) && Array.isArray(current)) {
    const length = Math.max(stored.length, current.length);
    return firstOf(Array.from({ length }, (_, i) => firstDifference(stored[i], current[i], `${path}[${i}]`)));
  }
  if (isRecord(stored) && isRecord(current)) {
    const keys = [...new Set([...Object.keys(stored), ...Object.keys(current)])];
    return firstOf(keys.map((key) => firstDifference(stored[key], current[key], `${path}.${key}`)));
  }
  return Object.is(stored, current) ? undefined : { path, stored, current };
}

const firstOf = (differences: readonly (Difference | undefined)[]): Difference | undefined =>
  differences.find((difference) => difference !== undefined);

function show(value: unknown): string {
  if (value === undefined) return 'none';
  if (!isRecord(value)) return describeValue(value);
  const { type } = value;
  return describeValue(typeof type === 'string' ? type : value);
}
