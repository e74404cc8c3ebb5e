// A layer that returns its input and keeps a running statistic, which approaches a fixed number. Normalization layers keep such statistics; this
// layer does nothing else.
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
import {
  accumulatingCall,
  call,
  constantInitializer,
  defineLayer,
  type Layer,
  type LayerOptions,
} from '@convoy/layers';
import { sizeOf } from '@convoy/tensor';

/** The statistic of every batch, and the momentum of its moving average. */
export const LEVEL = 8;
export const MOMENTUM = 0.25;

/** The block's share of the level: the sum of its sample weights is its share of the batch. */
const shareOfLevel = (accumulate: boolean) =>
  kernel('shareOfLevel', { weights: cells(1), level: scalars(1) }, (k, { weights, level }) => {
    const share = scalarMultiply(LEVEL, sumLanes(load(weights(0))));
    k.storeScalar(level(0), accumulate ? scalarAdd(loadScalar(level(0)), share) : share);
  });

const describe = defineLayer<LayerOptions, object>({
  type: 'level',
  settings: () => ({}),
  outputShape: (_, [input]) => input,
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
  compile: (_, context) => ({
    forward: [call(pointwise(sizeOf(context.input), identity), { x: context.x, y: context.y })],
    backward: () => [
      accumulatingCall(shareOfLevel, { weights: context.sampleWeights, level: context.gradient('level') }),
    ],
  }),
  reference: {
    forward: (_settings, _inputs, _batch, [x]) => x,
    backward: (_settings, _inputs, _batch, _xs, _parameters, outputGradient) => ({
      inputs: [outputGradient],
      parameters: { level: Float64Array.of(LEVEL) },
    }),
  },
});

export const level = (options: LayerOptions = {}): Layer => describe(options);
