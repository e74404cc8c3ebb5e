// A layer as a user writes one, with a learned number of its own: y = s · x. A `fault` multiplies one of its kernels' results.
import {
  add,
  cells,
  kernel,
  load,
  loadScalar,
  multiply,
  scalarAdd,
  scalarMultiply,
  scalars,
  splat,
  sumLanes,
} from '@convoy/kernels';
import { constantInitializer, defineLayer, type Layer, type LayerOptions } from '@convoy/layers';
import { sizeOf } from '@convoy/tensor';

interface ScaleOptions extends LayerOptions {
  readonly fault?: 'output' | 'inputGradient' | 'parameterGradient';
}

/** Large enough to be no rounding, small enough to be easily overlooked. */
const WRONG = 1.001;

/** Arguments: x cells, s, y cells. */
const scaled = (count: number, factor: number) =>
  kernel('scaled', { x: cells(count), s: scalars(1), y: cells(count) }, (k, { x, s, y }) => {
    const scale = k.let('scale', splat(scalarMultiply(factor, loadScalar(s(0)))));
    k.loop('i', 0, count, (i) => k.store(y(i), multiply(scale, load(x(i)))));
  });

/** ds = Σ x · dy. Arguments: x cells, dy cells, ds. */
const scaleGradient = (count: number, factor: number, accumulate: boolean) =>
  kernel('scaleGradient', { x: cells(count), dy: cells(count), ds: scalars(1) }, (k, { x, dy, ds }) => {
    const sum = k.variable('sum', splat(0));
    k.loop('i', 0, count, (i) => sum.set(add(sum.value, multiply(load(x(i)), load(dy(i))))));
    const place = ds(0);
    const total = scalarMultiply(factor, sumLanes(sum.value));
    k.storeScalar(place, accumulate ? scalarAdd(loadScalar(place), total) : total);
  });

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);

const describe = defineLayer<ScaleOptions, { readonly fault: ScaleOptions['fault'] }>({
  type: 'scale',
  settings: ({ fault }) => ({ fault }),
  outputShape: (_, input) => input,
  parameters: () => [{ name: 'factor', shape: [1], initializer: constantInitializer(1), fanIn: 1, fanOut: 1 }],
  compile({ fault }, site) {
    const { input, x, y, outputGradient, inputGradient } = site;
    const count = sizeOf(input);
    const factor = site.parameter('factor');
    const wrong = (what: typeof fault) => (fault === what ? WRONG : 1);
    return {
      forward: [{ kernel: scaled(count, wrong('output')), places: [x, factor, y] }],
      backward: (accumulate) => [
        {
          kernel: scaleGradient(count, wrong('parameterGradient'), accumulate),
          places: [x, outputGradient, site.gradient('factor')],
        },
        ...(inputGradient
          ? [{ kernel: scaled(count, wrong('inputGradient')), places: [outputGradient, factor, inputGradient] }]
          : []),
      ],
    };
  },
  reference: {
    forward: (_settings, _input, _batch, x, { factor }) => x.map((value) => value * (factor?.[0] as number)),
    backward: (_settings, _input, _batch, x, { factor }, outputGradient) => ({
      input: outputGradient.map((gradient) => gradient * (factor?.[0] as number)),
      parameters: { factor: Float64Array.of(dot(x, outputGradient)) },
    }),
  },
});

export const scale = (options: ScaleOptions = {}): Layer => describe(options);
