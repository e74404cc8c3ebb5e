// A layer as a user writes one, with a parameter of its own: y = s · x. `fault` makes the result of one of its kernels slightly wrong.
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
import {
  accumulatingCall,
  call,
  constantInitializer,
  defineLayer,
  type Layer,
  type LayerOptions,
} from '@convoy/layers';
import { sizeOf } from '@convoy/tensor';
import { choiceOf, optional } from '@convoy/tensor/checks';

interface ScaleOptions extends LayerOptions {
  readonly fault?: 'output' | 'inputGradient' | 'parameterGradient';
}

/** Too large for a rounding error, and small enough to be easily overlooked. */
const WRONG = 1.001;

const scaled = (count: number, factor: number) =>
  kernel('scaled', { x: cells(count), s: scalars(1), y: cells(count) }, (k, { x, s, y }) => {
    const scale = k.let('scale', splat(scalarMultiply(factor, loadScalar(s(0)))));
    k.loop('i', 0, count, (i) => k.store(y(i), multiply(scale, load(x(i)))));
  });

/** ds = Σ x · dy */
const scaleGradient = (count: number, factor: number, accumulate: boolean) =>
  kernel('scaleGradient', { x: cells(count), dy: cells(count), ds: scalars(1) }, (k, { x, dy, ds }) => {
    const sum = k.variable('sum', splat(0));
    k.loop('i', 0, count, (i) => sum.set(add(sum.value, multiply(load(x(i)), load(dy(i))))));
    const total = scalarMultiply(factor, sumLanes(sum.value));
    k.storeScalar(ds(0), accumulate ? scalarAdd(loadScalar(ds(0)), total) : total);
  });

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);

const describe = defineLayer<ScaleOptions, { readonly fault: ScaleOptions['fault'] }>({
  type: 'scale',
  settings: (check) => check({ fault: optional(choiceOf('output', 'inputGradient', 'parameterGradient')) }),
  outputShape: (_, [input]) => input,
  parameters: () => [{ name: 'factor', shape: [1], initializer: constantInitializer(1), fanIn: 1, fanOut: 1 }],
  compile({ fault }, context) {
    const { input, x, y, outputGradient: dy, inputGradient: dx } = context;
    const count = sizeOf(input);
    const s = context.parameter('factor');
    const wrong = (what: typeof fault) => (fault === what ? WRONG : 1);
    return {
      forward: [call(scaled(count, wrong('output')), { x, s, y })],
      backward: () => [
        accumulatingCall((accumulate) => scaleGradient(count, wrong('parameterGradient'), accumulate), {
          x,
          dy,
          ds: context.gradient('factor'),
        }),
        ...(dx ? [call(scaled(count, wrong('inputGradient')), { x: dy, s, y: dx })] : []),
      ],
    };
  },
  reference: {
    forward: (_settings, _inputs, _batch, [x], { factor }) => x.map((value) => value * (factor?.[0] as number)),
    backward: (_settings, _inputs, _batch, [x], { factor }, outputGradient) => ({
      inputs: [outputGradient.map((gradient) => gradient * (factor?.[0] as number))],
      parameters: { factor: Float64Array.of(dot(x, outputGradient)) },
    }),
  },
});

export const scale = (options: ScaleOptions = {}): Layer => describe(options);
