// What batch normalization of any rank shares.
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
  reference,
  runningMoments,
  sharedMoments,
  takeGradientSums,
} from '@convoy/kernels';
import { ConvoyError, finiteNumber, formatShape, oneOf, type Shape } from '@convoy/tensor';
import { constantInitializer, zerosInitializer } from '../initializers/constant.ts';
import { defineLayer, type Layer } from '../layer.ts';
import { type Call, type CompiledLayer, partialStride, type Site, type Work } from '../layer-context.ts';
import {
  type NormalizationOptions,
  type NormalizationSettings,
  normalizationParameters,
  normalizationSettings,
  planesOf,
} from './normalization-options.ts';

export interface BatchNormOptions extends NormalizationOptions {
  /** What the statistics of a new batch count in the running ones, from 0 to 1; default 0.1, as in PyTorch (Keras counts the old ones: 0.9). */
  readonly momentum?: number;
  /**
   * Whether the statistics are those of the whole mini-batch, for which workers wait for each other twice a layer and step; default false:
   * of each shard by itself, which is faster, and with shards of few samples another, noisier function.
   */
  readonly sync?: boolean;
}

interface BatchNormSettings extends NormalizationSettings {
  readonly momentum: number;
  readonly sync: boolean;
}

/** @param ranks the numbers of dimensions that a sample may have */
export const defineBatchNorm = (type: string, ranks: readonly number[]): ((options?: BatchNormOptions) => Layer) => {
  const describe = defineLayer<BatchNormOptions, BatchNormSettings>({
    type,

    settings: (options) => ({
      ...normalizationSettings(options),
      momentum: finiteNumber('momentum', options.momentum ?? 0.1, { atLeast: 0, atMost: 1 }),
      sync: oneOf('sync', options.sync ?? false, [true, false]),
    }),

    outputShape(_, input) {
      if (ranks.includes(input.length)) return input;
      throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
        given: `an input of shape ${formatShape(input)}`,
        expected: `${ranks.join(' or ')} dimensions`,
        fix: 'Take batchNorm2d for [channels, height, width], batchNorm1d for [features] and [channels, length].',
      });
    },

    parameters(settings, input) {
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

    compile: (settings, site) => (site.frozen ? compileFrozen(settings, site) : compileTrained(settings, site)),

    // In training mode, with the whole batch in one shard.
    reference: {
      forward(settings, input, batch, x, { scale, offset }) {
        return reference.normalize(planesOf(input), x, momentsOf(settings, input, batch, x), scale, offset);
      },
      backward(settings, input, batch, x, { scale }, outputGradient) {
        const planes = planesOf(input);
        const moments = momentsOf(settings, input, batch, x);
        const totals = reference.blockGradientSums(planes, batch, x, outputGradient, moments);
        return {
          input: reference.normalizeGradient(planes, x, outputGradient, moments, totals, scale),
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

function compileTrained(settings: BatchNormSettings, site: Site): CompiledLayer {
  const planes = planesOf(site.input);
  const { channels } = planes;
  const { x, y, outputGradient, inputGradient, partial, blocks, weights } = site;
  const scope = settings.sync ? 'batch' : 'shard';
  const options = { useScale: settings.scale, useOffset: settings.offset };
  const { scale, offset } = parameterPlaces(settings, (name) => site.parameter(name));
  const scratch = site.scratch(BATCH_STATISTICS_SCRATCH_FLOATS);
  const moments = site.shardMemory(momentsFloats(channels));
  const totals = site.shardMemory(gradientSumsFloats(channels));
  const momentsStride = partialStride(partialMomentsFloats(channels));
  const sumsStride = partialStride(gradientSumsFloats(channels));
  const statistics = [site.gradient('runningMean'), site.gradient('runningVariance')];
  const normalizing: Call = {
    kernel: site.kernel(normalize, planes, { ...options, activation: site.activation }),
    places: [x, moments, ...scale, ...offset, y],
  };
  return {
    forward: [
      { kernel: site.kernel(blockMoments, planes), places: [x, weights, scratch, partial] },
      {
        scope,
        partialFloats: partialMomentsFloats(channels),
        combine: [
          {
            kernel: site.kernel(combineMoments, { channels, epsilon: settings.epsilon, stride: momentsStride }),
            places: [partial, blocks, moments],
          },
          { kernel: site.kernel(sharedMoments, channels), places: [moments, site.share, ...statistics] },
        ],
      },
      normalizing,
    ],
    recompute: [normalizing],
    inference: compileInference(settings, site).calls,
    backward(accumulate) {
      const gradients = parameterPlaces(settings, (name) => site.gradient(name));
      const taken: readonly Work[] =
        settings.scale || settings.offset
          ? [
              {
                kernel: site.kernel(takeGradientSums, channels, options, accumulate),
                places: [partial, ...gradients.scale, ...gradients.offset],
              },
            ]
          : [];
      const sums = {
        kernel: site.kernel(blockGradientSums, planes),
        places: [x, outputGradient, moments, weights, scratch, partial],
      };
      if (!inputGradient) return [sums, ...taken, noExchange(channels)];
      const activation = site.inputActivation;
      return [
        sums,
        ...taken,
        {
          scope,
          partialFloats: gradientSumsFloats(channels),
          combine: [
            { kernel: site.kernel(combineSums, { channels, stride: sumsStride }), places: [partial, blocks, totals] },
          ],
        },
        {
          kernel: site.kernel(normalizeGradient, planes, { ...options, activation }),
          places: [x, outputGradient, moments, totals, ...scale, weights, inputGradient],
        },
      ];
    },
  };
}

/** Ends the phase in which the block's partial sums are in use. */
const noExchange = (channels: number): Work => ({
  scope: 'shard',
  partialFloats: gradientSumsFloats(channels),
  combine: [],
});

/** A frozen layer normalizes with the statistics that it has, in training as well. */
function compileFrozen(settings: BatchNormSettings, site: Site): CompiledLayer {
  const { calls, moments } = compileInference(settings, site);
  const { x, outputGradient, inputGradient } = site;
  const { scale } = parameterPlaces(settings, (name) => site.parameter(name));
  const options = { useScale: settings.scale, activation: site.inputActivation };
  return {
    forward: calls,
    backward: () =>
      inputGradient
        ? [
            {
              kernel: site.kernel(normalizeByConstantsGradient, planesOf(site.input), options),
              places: [x, outputGradient, moments, ...scale, inputGradient],
            },
          ]
        : [],
  };
}

function compileInference(settings: BatchNormSettings, site: Site) {
  const planes = planesOf(site.input);
  const { scale, offset } = parameterPlaces(settings, (name) => site.parameter(name));
  const moments = site.scratch(momentsFloats(planes.channels));
  const options = { useScale: settings.scale, useOffset: settings.offset, activation: site.activation };
  const calls: readonly Call[] = [
    {
      kernel: site.kernel(runningMoments, { channels: planes.channels, epsilon: settings.epsilon }),
      places: [site.parameter('runningMean'), site.parameter('runningVariance'), moments],
    },
    { kernel: site.kernel(normalize, planes, options), places: [site.x, moments, ...scale, ...offset, site.y] },
  ];
  return { calls, moments };
}

/** The places of the parameters that there are. */
const parameterPlaces = <P>({ scale, offset }: BatchNormSettings, place: (name: string) => P) => ({
  scale: scale ? [place('scale')] : [],
  offset: offset ? [place('offset')] : [],
});
