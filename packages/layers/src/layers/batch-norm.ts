// Batch normalization of inputs of any rank.
import {
  BATCH_STATISTICS_SCRATCH_FLOATS,
  blockGradientSums,
  blockMoments,
  combineMoments,
  combineSums,
  gradientSumsFloats,
  momentsFloats,
  normalize,
  normalizeByConstantsGradient,
  normalizeGradient,
  partialMomentsFloats,
  runningMoments,
  sharedMoments,
  takeGradientSums,
} from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { ConvoyError, formatShape, type Shape } from '@convoy/tensor';
import { flag, float32In, optional } from '@convoy/tensor/checks';
import { constantInitializer, zerosInitializer } from '../initializers/constant.ts';
import { defineLayer, type Layer } from '../layer.ts';
import {
  accumulatingCall,
  type BufferLocation,
  type Call,
  type CompiledLayer,
  call,
  type LayerContext,
  partialStride,
  type Work,
} from '../layer-context.ts';
import {
  type NormalizationOptions,
  type NormalizationSettings,
  normalizationChecks,
  normalizationParameters,
  planesOf,
} from './normalization-options.ts';

/** Options of `batchNorm1d` and `batchNorm2d`. */
export interface BatchNormOptions extends NormalizationOptions {
  /** The weight of a new batch in the running statistics, from 0 to 1; default 0.1, as in PyTorch. (Keras gives the weight of the old ones: 0.9.) */
  readonly momentum?: number;
  /**
   * Whether the statistics are computed over the whole mini-batch; then workers wait for each other twice per layer and step. By default they are
   * computed for each shard, which is faster. With few samples per shard that is a different and noisier function.
   */
  readonly sync?: boolean;
}

interface BatchNormSettings extends NormalizationSettings {
  readonly momentum: number;
  readonly sync: boolean;
}

/** Defines a layer type. @param ranks the numbers of dimensions that a sample may have */
export const defineBatchNorm = (type: string, ranks: readonly number[]): ((options?: BatchNormOptions) => Layer) => {
  const describe = defineLayer<BatchNormOptions, BatchNormSettings>({
    type,

    settings: (check) =>
      check({
        ...normalizationChecks,
        momentum: optional(float32In({ atLeast: 0, atMost: 1 }), 0.1),
        sync: optional(flag, false),
      }),

    outputShape(_, [input]) {
      if (ranks.includes(input.length)) return input;
      throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
        given: `an input of shape ${formatShape(input)}`,
        expected: `${ranks.join(' or ')} dimensions`,
        fix: 'Use batchNorm2d for [channels, height, width], batchNorm1d for [features] and [channels, length].',
      });
    },

    parameters(settings, [input]) {
      const shape = [planesOf(input).channels];
      const statistic = { shape, fanIn: 1, fanOut: 1, movingAverage: settings.momentum };
      return [
        ...normalizationParameters(settings, shape),
        { name: 'runningMean', initializer: zerosInitializer(), ...statistic },
        { name: 'runningVariance', initializer: constantInitializer(1), ...statistic },
      ];
    },

    fusesActivation: true,
    fusesInputActivation: true,

    compile: (settings, context) =>
      context.frozen ? compileFrozen(settings, context) : compileTrained(settings, context),

    // The function in training, with the whole batch in one shard.
    reference: {
      forward(settings, [input], batch, [x], { scale, offset }) {
        return reference.normalize(planesOf(input), x, momentsOf(settings, input, batch, x), scale, offset);
      },
      backward(settings, [input], batch, [x], { scale }, outputGradient) {
        const planes = planesOf(input);
        const moments = momentsOf(settings, input, batch, x);
        const totals = reference.blockGradientSums(planes, batch, x, outputGradient, moments);
        return {
          inputs: [reference.normalizeGradient(planes, x, outputGradient, moments, totals, scale)],
          parameters: {
            ...(settings.scale && { scale: totals.slice(planes.channels) }),
            ...(settings.offset && { offset: totals.slice(0, planes.channels) }),
          },
        };
      },
    },
  });
  return (options = {}) => describe(options);
};

const momentsOf = ({ epsilon }: BatchNormSettings, input: Shape, batch: number, x: Float64Array): Float64Array =>
  reference.combineMoments(planesOf(input).channels, epsilon, [reference.blockMoments(planesOf(input), batch, x)]);

function compileTrained(settings: BatchNormSettings, context: LayerContext): CompiledLayer {
  const planes = planesOf(context.input);
  const { channels } = planes;
  const { x, y, outputGradient, inputGradient, partial, blocks, sampleWeights: weights } = context;
  const scope = settings.sync ? 'batch' : 'shard';
  const used = { useScale: settings.scale, useOffset: settings.offset };
  const parameters = locationsOf(settings, context.parameter);
  const scratch = context.scratch(BATCH_STATISTICS_SCRATCH_FLOATS);
  const moments = context.shardMemory(momentsFloats(channels));
  const totals = context.shardMemory(gradientSumsFloats(channels));
  const normalizing = call(context.kernel(normalize, planes, { ...used, activation: context.activation }), {
    x,
    moments,
    ...parameters,
    y,
  });
  return {
    forward: [
      call(context.kernel(blockMoments, planes), { x, weights, scratch, partial }),
      {
        scope,
        partialFloats: partialMomentsFloats(channels),
        combine: [
          call(
            context.kernel(combineMoments, {
              channels,
              epsilon: settings.epsilon,
              stride: partialStride(partialMomentsFloats(channels)),
            }),
            { partials: partial, blocks, moments },
          ),
          call(context.kernel(sharedMoments, channels), {
            moments,
            share: context.shardShare,
            mean: context.gradient('runningMean'),
            variance: context.gradient('runningVariance'),
          }),
        ],
      },
      normalizing,
    ],
    recompute: [normalizing],
    inference: compileInference(settings, context).calls,
    backward() {
      const gradients = locationsOf(settings, context.gradient);
      const sums = call(context.kernel(blockGradientSums, planes), {
        x,
        dy: outputGradient,
        moments,
        weights,
        scratch,
        partial,
      });
      const take = accumulatingCall((accumulate) => context.kernel(takeGradientSums, channels, used, accumulate), {
        partial,
        ...gradients,
      });
      const taken = settings.scale || settings.offset ? [take] : [];
      if (!inputGradient) return [sums, ...taken, noExchange(channels)];
      const { inputActivation: activation } = context;
      return [
        sums,
        ...taken,
        {
          scope,
          partialFloats: gradientSumsFloats(channels),
          combine: [
            call(context.kernel(combineSums, { channels, stride: partialStride(gradientSumsFloats(channels)) }), {
              partials: partial,
              blocks,
              totals,
            }),
          ],
        },
        call(context.kernel(normalizeGradient, planes, { useScale: settings.scale, activation }), {
          x,
          dy: outputGradient,
          moments,
          totals,
          scale: parameters.scale,
          weights,
          dx: inputGradient,
        }),
      ];
    },
  };
}

/** Gives the partial of the block its memory; nothing is combined. */
const noExchange = (channels: number): Work => ({
  scope: 'shard',
  partialFloats: gradientSumsFloats(channels),
  combine: [],
});

/** A frozen layer normalizes with the running statistics in training, too. */
function compileFrozen(settings: BatchNormSettings, context: LayerContext): CompiledLayer {
  const { calls, moments } = compileInference(settings, context);
  const { x, outputGradient, inputGradient } = context;
  const { scale } = locationsOf(settings, context.parameter);
  const options = { useScale: settings.scale, activation: context.inputActivation };
  return {
    forward: calls,
    backward: () =>
      inputGradient
        ? [
            call(context.kernel(normalizeByConstantsGradient, planesOf(context.input), options), {
              x,
              dy: outputGradient,
              moments,
              scale,
              dx: inputGradient,
            }),
          ]
        : [],
  };
}

function compileInference(settings: BatchNormSettings, context: LayerContext) {
  const { input, x, y, activation } = context;
  const planes = planesOf(input);
  const { channels } = planes;
  const moments = context.scratch(momentsFloats(channels));
  const options = { useScale: settings.scale, useOffset: settings.offset, activation };
  const calls: readonly Call[] = [
    call(context.kernel(runningMoments, { channels, epsilon: settings.epsilon }), {
      mean: context.parameter('runningMean'),
      variance: context.parameter('runningVariance'),
      moments,
    }),
    call(context.kernel(normalize, planes, options), { x, moments, ...locationsOf(settings, context.parameter), y }),
  ];
  return { calls, moments };
}

/** The locations of scale and offset, as far as the layer has them. */
const locationsOf = ({ scale, offset }: BatchNormSettings, locationOf: (name: string) => BufferLocation) => ({
  scale: scale ? locationOf('scale') : undefined,
  offset: offset ? locationOf('offset') : undefined,
});
