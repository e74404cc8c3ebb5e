// A layer that passes its input on and keeps a running statistic, which draws near to a fixed number: what normalisations do, without them.
import {
  cells,
  identity,
  kernel,
  load,
  loadScalar,
  pointwise,
  scalarAdd,
  scalarMultiply,
  scalars,
  sumLanes,
} from '@convoy/kernels';
import { constantInitializer, defineLayer, type Layer, type LayerOptions } from '@convoy/layers';
import { sizeOf } from '@convoy/tensor';

/** What the statistic is of every batch, and how fast the running one follows. */
export const LEVEL = 8;
export const MOMENTUM = 0.25;

/** The block's part of the level: the sum of its samples' weights is its part of the batch. Arguments: weights, the statistic's gradient. */
const shareOfLevel = (accumulate: boolean) =>
  kernel('shareOfLevel', { weights: cells(1), level: scalars(1) }, (k, { weights, level }) => {
    const place = level(0);
    const part = scalarMultiply(LEVEL, sumLanes(load(weights(0))));
    k.storeScalar(place, accumulate ? scalarAdd(loadScalar(place), part) : part);
  });

const describe = defineLayer<LayerOptions, object>({
  type: 'level',
  settings: () => ({}),
  outputShape: (_, input) => input,
  passesGradient: true,
  parameters: () => [
    {
      name: 'level',
      shape: [1],
      initializer: constantInitializer(2),
      fanIn: 1,
      fanOut: 1,
      movingAverage: MOMENTUM,
    },
  ],
  compile: (_, site) => ({
    forward: [{ kernel: pointwise(sizeOf(site.input), identity), places: [site.x, site.y] }],
    backward: (accumulate) => [{ kernel: shareOfLevel(accumulate), places: [site.weights, site.gradient('level')] }],
  }),
  reference: {
    forward: (_settings, _input, _batch, x) => x,
    backward: (_settings, _input, _batch, _x, _parameters, outputGradient) => ({
      input: outputGradient,
      parameters: { level: Float64Array.of(LEVEL) },
    }),
  },
});

export const level = (options: LayerOptions = {}): Layer => describe(options);
