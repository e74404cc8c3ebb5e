// How to write a layer: its kernels, its definition, and a reference that tests compare the kernels with. Convoy does not know this file.
import { add, cells, kernel, load, loadScalar, multiply, scalarAdd, scalars, splat, sumLanes } from '@convoy/kernels';
import {
  accumulatingCall,
  call,
  constantInitializer,
  defineLayer,
  type Layer,
  type LayerOptions,
} from '@convoy/layers';
import { type Shape, sizeOf } from '@convoy/tensor';
import { numberIn, optional } from '@convoy/tensor/checks';

export interface LayerScaleOptions extends LayerOptions {
  /** The initial value of γ; default 0.1. */
  readonly initialScale?: number;
}

/** The shape of one sample: [channels, …] as `channels` planes of `area` numbers. */
interface Planes {
  readonly channels: number;
  readonly area: number;
}

const planesOf = ([channels = 1, ...plane]: Shape): Planes => ({ channels, area: sizeOf(plane) });

/**
 * y[c, i] = γ[c] · x[c, i]. A kernel works on a block of 8 samples: a cell holds the same number of each of the 8 samples, and one vector
 * instruction computes a whole cell. Parameters are single numbers, the same for all samples; `splat` copies one into each lane of a vector.
 *
 * Backward uses the same kernel, because ∂E/∂x = γ · ∂E/∂y.
 */
function scaled({ channels, area }: Planes) {
  // The operands of the kernel, by name: each declares how many cells or single numbers it holds.
  const operands = { x: cells(channels, area), gamma: scalars(channels), y: cells(channels, area) };
  return kernel('layerScale', operands, (k, { x, gamma, y }) => {
    k.loop('c', 0, channels, (c) => {
      const factor = k.let('factor', splat(loadScalar(gamma(c))));
      k.loop('i', 0, area, (i) => k.store(y(c, i), multiply(factor, load(x(c, i)))));
    });
  });
}

/**
 * ∂E/∂γ[c] = Σ x · ∂E/∂y over the samples and the plane: each lane sums its own sample, then the lanes are added. With `accumulate` the kernel
 * adds to the gradient, which then holds the sum over the blocks before.
 */
function scaleGradient({ channels, area }: Planes, accumulate: boolean) {
  const operands = { x: cells(channels, area), dy: cells(channels, area), dgamma: scalars(channels) };
  return kernel('layerScaleGradient', operands, (k, { x, dy, dgamma }) => {
    k.loop('c', 0, channels, (c) => {
      const sum = k.variable('sum', splat(0));
      k.loop('i', 0, area, (i) => sum.set(add(sum.value, multiply(load(x(c, i)), load(dy(c, i))))));
      const total = sumLanes(sum.value);
      k.storeScalar(dgamma(c), accumulate ? scalarAdd(loadScalar(dgamma(c)), total) : total);
    });
  });
}

/** Calls f(c, value, at) for all numbers of a batch (N, channels, area). */
function forEachNumber({ channels, area }: Planes, x: Float64Array, f: (c: number, value: number, at: number) => void) {
  for (const [at, value] of x.entries()) f(Math.floor(at / area) % channels, value, at);
}

const describe = defineLayer<LayerScaleOptions, Required<Pick<LayerScaleOptions, 'initialScale'>>>({
  type: 'layerScale',

  // A check for each option, some with defaults. Other options are rejected. The settings are plain data, which can be posted to workers and
  // saved.
  settings: (check) => check({ initialScale: optional(numberIn({}), 0.1) }),

  // Shapes are shapes of one sample. A layer has a list of inputs; this layer has one.
  outputShape: (_settings, [input]) => input,

  parameters: ({ initialScale }, [input]) => [
    {
      name: 'gamma',
      shape: [planesOf(input).channels],
      initializer: constantInitializer(initialScale),
      fanIn: 1,
      fanOut: 1,
    },
  ],

  // Runs once, when a model is compiled. The context has the shapes, and the locations of all data; a call binds a location to each operand of a
  // kernel, by name. TypeScript rejects a missing or misspelled operand, and compiling rejects one that is too small.
  compile(_settings, context) {
    const planes = planesOf(context.input);
    const { x, y, outputGradient: dy, inputGradient: dx } = context;
    const gamma = context.parameter('gamma');
    return {
      forward: [call(scaled(planes), { x, gamma, y })],
      backward: () => [
        // The first block of a shard overwrites the gradient of a parameter, and later blocks add to it: such a call has two kernels.
        accumulatingCall((accumulate) => scaleGradient(planes, accumulate), {
          x,
          dy,
          dgamma: context.gradient('gamma'),
        }),
        // Nothing needs the input gradient of the first layer of a model.
        ...(dx ? [call(scaled(planes), { x: dy, gamma, y: dx })] : []),
      ],
    };
  },

  // The same function in float64 and plain loops, as its formula says. Arrays are row-major: (N, channels, …).
  reference: {
    forward(_settings, [input], _batch, [x], { gamma }) {
      const y = new Float64Array(x.length);
      forEachNumber(planesOf(input), x, (c, value, at) => {
        y[at] = (gamma?.[c] as number) * value;
      });
      return y;
    },
    backward(_settings, [input], _batch, [x], { gamma }, outputGradient) {
      const planes = planesOf(input);
      const dx = new Float64Array(x.length);
      const dgamma = new Float64Array(planes.channels);
      forEachNumber(planes, x, (c, value, at) => {
        const dy = outputGradient[at] as number;
        dx[at] = (gamma?.[c] as number) * dy;
        dgamma[c] = (dgamma[c] as number) + value * dy;
      });
      return { inputs: [dx], parameters: { gamma: dgamma } };
    },
  },
});

/**
 * y[c, …] = γ[c] · x[c, …]: multiplies each channel by a learned factor. Put it after the last layer of a residual branch, which then has a
 * small effect at first. The input has any shape [channels, …], and the output has the same. Parameter: `gamma` [channels].
 *
 * H. Touvron and others, "Going deeper with Image Transformers", 2021.
 * @throws ConvoyError CONVOY_INVALID_OPTION
 * @example graph({ input: [16, 8, 8] }, (x) => x.to(conv2d({ filters: 16, kernelSize: 3, padding: 'same' }), layerScale()).merge(add(), x))
 */
export const layerScale = (options: LayerScaleOptions = {}): Layer => describe(options);
