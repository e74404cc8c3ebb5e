// Compiles losses and metrics: what compares outputs with targets.
import { multiply, pointwise } from '@convoy/kernels';
import { ConvoyError, formatShape, type Shape, sameShape } from '@convoy/tensor';
import type { Model } from '../graph/model.ts';
import type { Call, Place } from '../layer-context.ts';
import {
  type Loss,
  type Losses,
  lossDefinitionOf,
  lossesOf,
  type ScoreContext,
  type TargetForm,
  targetFormOf,
} from '../loss.ts';
import { type Metric, metricDefinitionOf } from '../metric.ts';
import { Region } from '../runtime/plan.ts';
import type { GradientFlow } from './gradients.ts';
import { FixedPlace } from './locations.ts';
import { blockBytes, type Operations } from './operations.ts';
import { Buffer } from './workspace.ts';

const FLOAT_BYTES = 4;

export interface Scoring {
  /** Each with the name of its metric, or 'loss'. */
  readonly calls: readonly { readonly call: Call; readonly name: string }[];
  readonly targetForm: TargetForm;
  /** What they compare with: the targets of a block, and what each of its samples counts. */
  readonly targets: Buffer;
  readonly weights: Buffer;
}

/** The sum of the losses, one for each output, is the first statistic; the metrics, of the first output, are the others. */
export function compileScores(
  model: Model,
  { outputs }: Operations,
  { outputs: gradients }: GradientFlow,
  loss: Losses,
  metrics: readonly Metric[],
): Scoring {
  const losses = lossesOf(loss);
  const targetForm = checkedForm(model, losses);
  const { output } = model;
  const targets = new Buffer('targets', blockBytes(targetForm.shape));
  const weights = new Buffer('sample weights', blockBytes([1]));
  const site = (number: number, statistic: number, name: string): ScoreContext => ({
    output,
    targetForm,
    prediction: outputs[number]?.data as Place,
    targets,
    weights,
    result: new FixedPlace(name, Region.statistics, statistic * FLOAT_BYTES),
  });
  const metricCalls = metrics.flatMap((metric, i) => {
    const { name, settings } = metric;
    const definition = metricDefinitionOf(metric);
    definition.checkOutput(settings, output);
    if (!definition.targets.includes(targetForm.kind)) {
      throw targetsDiffer(`the metric ${name}`, losses[0] as Loss, `a metric of ${targetForm.kind}`);
    }
    return definition.compile(settings, site(0, i + 1, name)).map((call) => ({ call, name }));
  });
  const lossCalls = losses.flatMap((each, number) =>
    lossCallsAt({ ...site(number, 0, 'loss'), outputGradient: gradients[number] as Place }, each),
  );
  return {
    calls: [...metricCalls, ...lossCalls.map((call) => ({ call, name: 'loss' }))],
    targetForm,
    targets,
    weights,
  };
}

function lossCallsAt(site: ScoreContext & { readonly outputGradient: Place }, loss: Loss): readonly Call[] {
  const { weight = 1, settings } = loss;
  const definition = lossDefinitionOf(loss);
  if (weight === 1) return definition.compile(settings, site);
  const weights = new Buffer('weighted sample weights', blockBytes([1]));
  const kernel = pointwise(1, { forward: (_, x) => multiply(x, weight) });
  return [{ kernel, places: [site.weights, weights] }, ...definition.compile(settings, { ...site, weights })];
}

/** What all losses compare with, if they fit the outputs and each other. */
function checkedForm({ layers, outputs, output }: Model, losses: readonly Loss[]): TargetForm {
  if (losses.length !== outputs.length) throw wrongCount(losses.length, outputs.length);
  for (const [i, loss] of losses.entries()) {
    const { output: own } = layers[outputs[i] as number] as Model['layers'][number];
    lossDefinitionOf(loss).checkOutput(loss.settings, own);
    if (!sameShape(own, output)) throw outputsDiffer(output, own);
  }
  const [first, ...others] = losses as [Loss, ...Loss[]];
  const form = targetFormOf(first, output);
  const other = others.find((loss) => {
    const { kind, ignoreLabel } = targetFormOf(loss, output);
    return kind !== form.kind || ignoreLabel !== form.ignoreLabel;
  });
  if (other) throw targetsDiffer(`the loss ${other.type}`, first, `a loss of ${form.kind} with the same ignored label`);
  return form;
}

const wrongCount = (losses: number, outputs: number) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${losses} ${losses === 1 ? 'loss' : 'losses'} for a model of ${outputs} ${outputs === 1 ? 'output' : 'outputs'}`,
    expected: 'a loss for each output',
    fix: 'Pass them as loss: [first, second], in the order of the outputs.',
  });

const outputsDiffer = (first: Shape, other: Shape) =>
  new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `model outputs of shape ${formatShape(first)} and ${formatShape(other)}`,
    expected: 'outputs of the same shape, since all are compared with the same targets',
    fix: 'Make them of the same shape, or leave one out.',
  });

const targetsDiffer = (what: string, loss: Loss, expected: string) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${what} with the loss ${loss.type}`,
    expected: `${expected}, as the loss takes them`,
    fix: 'Leave it out, or change the loss.',
  });
