// Compiles losses and metrics, which compare outputs with targets.
import { multiply, pointwise } from '@convoy/kernels';
import { ConvoyError, formatShape, type Shape, sameShape } from '@convoy/tensor';
import { inDefinition } from '@convoy/tensor/definitions';
import type { Model } from '../graph/model.ts';
import { type BufferLocation, type Call, call } from '../layer-context.ts';
import {
  type Loss,
  type LossContext,
  type Losses,
  lossDefinitionOf,
  lossesOf,
  type ScoreContext,
  type TargetSpec,
  targetSpecOf,
} from '../loss.ts';
import { type Metric, metricDefinitionOf } from '../metric.ts';
import { Region } from '../runtime/plan.ts';
import type { CallEncoder, EncodedCall } from './call-encoder.ts';
import { checkedCalls } from './compiled-checks.ts';
import type { GradientFlow } from './gradients.ts';
import { BlockBuffer, RegionBuffer } from './locations.ts';
import { blockBytes, type Operations } from './operations.ts';

const FLOAT_BYTES = 4;

/** The calls that compare the outputs of a block with its targets. */
export interface Scoring {
  readonly calls: readonly EncodedCall[];
  readonly targetSpec: TargetSpec;
  readonly targets: BlockBuffer;
  readonly sampleWeights: BlockBuffer;
}

/** The first score is the sum of the losses, one for each output; the others are the metrics, of the first output. */
export function compileScores(
  model: Model,
  { outputs }: Operations,
  { outputs: gradients }: GradientFlow,
  loss: Losses,
  metrics: readonly Metric[],
  encoder: CallEncoder,
): Scoring {
  const losses = lossesOf(loss);
  const targetSpec = commonTargets(model, losses);
  const { output } = model;
  const targets = new BlockBuffer('targets', blockBytes(targetSpec.shape));
  const sampleWeights = new BlockBuffer('sample weights', blockBytes([1]));
  const contextOf = (number: number, score: number, name: string): ScoreContext => ({
    output,
    targetSpec,
    prediction: outputs[number]?.data as BufferLocation,
    targets,
    sampleWeights,
    result: new RegionBuffer(name, Region.scores, score * FLOAT_BYTES, FLOAT_BYTES),
  });
  const encode = (of: string, name: string, compile: () => readonly Call[]) =>
    inDefinition(of, () => checkedCalls(of, compile()).map((call) => encoder.call(call, name)));
  const metricCalls = metrics.flatMap((metric, i) => {
    const { name, settings } = metric;
    const definition = metricDefinitionOf(metric);
    const of = `the metric ${name}`;
    inDefinition(of, () => definition.checkOutput(settings, output));
    if (!definition.targets.includes(targetSpec.kind)) {
      throw targetsDiffer(of, losses[0] as Loss, `a metric of ${targetSpec.kind}`);
    }
    return encode(of, name, () => definition.compile(settings, contextOf(0, i + 1, name)));
  });
  const lossCalls = losses.flatMap((each, number) => {
    const outputGradient = gradients[number] as BufferLocation;
    const context = { ...contextOf(number, 0, 'loss'), outputGradient };
    return encode(`the loss ${each.type}`, 'loss', () => lossCallsOf(context, each));
  });
  return { calls: [...metricCalls, ...lossCalls], targetSpec, targets, sampleWeights };
}

function lossCallsOf(context: LossContext, loss: Loss): readonly Call[] {
  const { weight = 1, settings } = loss;
  const definition = lossDefinitionOf(loss);
  if (weight === 1) return definition.compile(settings, context);
  const sampleWeights = new BlockBuffer('weighted sample weights', blockBytes([1]));
  const kernel = pointwise(1, { forward: (_, x) => multiply(x, weight) });
  const weighting = call(kernel, { x: context.sampleWeights, y: sampleWeights });
  const calls = definition.compile(settings, { ...context, sampleWeights });
  return [weighting, ...checkedCalls(`the loss ${loss.type}`, calls)];
}

/** The targets that all losses compare with, if they fit the outputs and each other. */
function commonTargets({ layers, outputs, output }: Model, losses: readonly Loss[]): TargetSpec {
  if (losses.length !== outputs.length) throw wrongCount(losses.length, outputs.length);
  for (const [i, loss] of losses.entries()) {
    const { output: own } = layers[outputs[i] as number] as Model['layers'][number];
    const definition = lossDefinitionOf(loss);
    inDefinition(`the loss ${loss.type}`, () => definition.checkOutput(loss.settings, own));
    if (!sameShape(own, output)) throw outputsDiffer(output, own);
  }
  const [first, ...others] = losses as [Loss, ...Loss[]];
  const spec = targetSpecOf(first, output);
  const other = others.find((loss) => {
    const { kind, ignoreLabel } = targetSpecOf(loss, output);
    return kind !== spec.kind || ignoreLabel !== spec.ignoreLabel;
  });
  if (other) throw targetsDiffer(`the loss ${other.type}`, first, `a loss of ${spec.kind} with the same ignored label`);
  return spec;
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
