// Your own layer: its kernels and its reference. Convoy does not know this file.
import { add, cells, kernel, load, loadScalar, multiply, scalarAdd, scalars, splat, sumLanes } from '@convoy/kernels';
import { constantInitializer, defineLayer, type Layer, type LayerOptions } from '@convoy/layers';
import { finiteNumber, type Shape, sizeOf } from '@convoy/tensor';

export interface LayerScaleOptions extends LayerOptions {
  /** The initial value of γ; default 0.1. */
  readonly initialScale?: number;
}

/** An input of any shape [channels, …] as one plane of `area` numbers per channel. */
interface Planes {
  readonly channels: number;
  readonly area: number;
}

const planesOf = ([channels = 1, ...plane]: Shape): Planes => ({ channels, area: sizeOf(plane) });

/**
 * y[c, i] = γ[c] · x[c, i] for the 8 samples of a block, one per lane. In backward the same kernel computes
 * ∂E/∂x = γ · ∂E/∂y.
 *
 * Operands: x, cells (channels, area); γ (channels); y, cells like x.
 */
function scaled({ channels, area }: Planes) {
  const operands = { x: cells(channels, area), gamma: scalars(channels), y: cells(channels, area) };
  return kernel('layerScale', operands, (k, { x, gamma, y }) => {
    k.loop('c', 0, channels, (c) => {
      const factor = k.let('gamma', splat(loadScalar(gamma(c))));
      k.loop('i', 0, area, (i) => k.store(y(c, i), multiply(factor, load(x(c, i)))));
    });
  });
}

/**
 * ∂E/∂γ[c] = Σ x · ∂E/∂y over the samples and the plane: each lane sums its sample, then the lanes are added.
 *
 * Operands: x, cells (channels, area); ∂E/∂y, cells like x; ∂E/∂γ (channels), to which later blocks of a shard add.
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

/** Calls f with the channel, the value and the index of each number of a batch, (batch, channels, area). */
function forEachNumber({ channels, area }: Planes, x: Float64Array, f: (c: number, value: number, at: number) => void) {
  for (const [at, value] of x.entries()) f(Math.floor(at / area) % channels, value, at);
}

const describe = defineLayer<LayerScaleOptions, Required<Pick<LayerScaleOptions, 'initialScale'>>>({
  type: 'layerScale',

  // Checks the options and fills in the defaults, so that a description is complete. It must be plain data.
  settings: ({ initialScale = 0.1 }) => ({ initialScale: finiteNumber('initialScale', initialScale) }),

  outputShape: (_, input) => input,

  parameters: ({ initialScale }, input) => [
    {
      name: 'gamma',
      shape: [planesOf(input).channels],
      initializer: constantInitializer(initialScale),
      fanIn: 1,
      fanOut: 1,
    },
  ],

  compile(_, site) {
    const planes = planesOf(site.input);
    const { x, y, outputGradient, inputGradient } = site;
    const gamma = site.parameter('gamma');
    return {
      forward: [{ kernel: scaled(planes), places: [x, gamma, y] }],
      backward: (accumulate) => [
        { kernel: scaleGradient(planes, accumulate), places: [x, outputGradient, site.gradient('gamma')] },
        ...(inputGradient ? [{ kernel: scaled(planes), places: [outputGradient, gamma, inputGradient] }] : []),
      ],
    };
  },

  // The same function in plain loops and float64; tests compare the kernels with it.
  reference: {
    forward(_, input, _batch, x, { gamma }) {
      const y = new Float64Array(x.length);
      forEachNumber(planesOf(input), x, (c, value, at) => {
        y[at] = (gamma?.[c] as number) * value;
      });
      return y;
    },
    backward(_, input, _batch, x, { gamma }, outputGradient) {
      const planes = planesOf(input);
      const dx = new Float64Array(x.length);
      const dgamma = new Float64Array(planes.channels);
      forEachNumber(planes, x, (c, value, at) => {
        const dy = outputGradient[at] as number;
        dx[at] = (gamma?.[c] as number) * dy;
        dgamma[c] = (dgamma[c] as number) + value * dy;
      });
      return { input: dx, parameters: { gamma: dgamma } };
    },
  },
});

/**
 * y[c, …] = γ[c] · x[c, …] for an input of any shape [channels, …]. The output has the shape of the input. Parameter:
 * `gamma` [channels]. After the last layer of a residual branch it makes the output of the branch small at first.
 * H. Touvron and others, "Going deeper with Image Transformers", 2021.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const layerScale = (options: LayerScaleOptions = {}): Layer => describe(options);
