// A layer of one's own: what it computes, in kernels and by definition. Nothing of Convoy knows of this file.
import { add, cells, kernel, load, loadScalar, multiply, scalarAdd, scalars, splat, sumLanes } from '@convoy/kernels';
import { constantInitializer, defineLayer, type Layer, type LayerOptions } from '@convoy/layers';
import { finiteNumber, type Shape, sizeOf } from '@convoy/tensor';

export interface LayerScaleOptions extends LayerOptions {
  /** What γ starts from; default 0.1. */
  readonly initialScale?: number;
}

/** An input of any shape [channels, …] as a plane of `area` numbers for each channel. */
interface Planes {
  readonly channels: number;
  readonly area: number;
}

const planesOf = ([channels = 1, ...plane]: Shape): Planes => ({ channels, area: sizeOf(plane) });

/**
 * y[c, i] = γ[c] · x[c, i] for the 8 samples of a block, one in each lane. Backward it is ∂E/∂x = γ · ∂E/∂y.
 *
 * Arguments: x cells (channels, area), γ (channels), y cells as x.
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
 * Arguments: x cells (channels, area), ∂E/∂y cells as x, ∂E/∂γ (channels), which is added to from the second block on.
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

/** f(c, x[…, c, i], place of x) for all numbers of a batch, (batch, channels, area). */
function forEachNumber({ channels, area }: Planes, x: Float64Array, f: (c: number, value: number, at: number) => void) {
  for (const [at, value] of x.entries()) f(Math.floor(at / area) % channels, value, at);
}

const describe = defineLayer<LayerScaleOptions, Required<Pick<LayerScaleOptions, 'initialScale'>>>({
  type: 'layerScale',

  // Checks what people pass, and fills in the defaults: a description is complete, and plain data.
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

  // The same by definition, in float64 and plain loops: what tests compare the kernels with.
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
 * y[c, …] = γ[c] · x[c, …] for an input of any shape [channels, …]: behind the last layer of a residual branch, which then starts small. Output
 * as input. Parameter: `gamma` [channels]. H. Touvron and others, "Going deeper with Image Transformers", 2021.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const layerScale = (options: LayerScaleOptions = {}): Layer => describe(options);
