// A layer that returns its input, and whose backward calls a plan must neither drop too early nor keep without need: one kernel makes the input
// gradient and the gradient of `a`, both from scratch memory; another one makes the gradient of `b`, from scratch memory of its own.
import { cells, identity, kernel, load, multiply, pointwise, scalar, scalars, sumLanes } from '@convoy/kernels';
import { call, defineLayer, type Layer, type LayerOptions, zerosInitializer } from '@convoy/layers';
import { sizeOf } from '@convoy/tensor';

const doubled = (count: number) => pointwise(count, { forward: (_, x) => multiply(x, 2) });

/** dx = twice / 2, da = 1 */
const halved = (count: number) =>
  kernel('halved', { twice: cells(count), dx: cells(count), da: scalars(1) }, (k, { twice, dx, da }) => {
    k.loop('i', 0, count, (i) => k.store(dx(i), multiply(load(twice(i)), 0.5)));
    k.storeScalar(da(0), scalar(1));
  });

/** db = the sum of the first cell of twice x */
const firstSum = () =>
  kernel('firstSum', { twice: cells(1), db: scalars(1) }, (k, { twice, db }) =>
    k.storeScalar(db(0), sumLanes(load(twice(0)))),
  );

const describe = defineLayer<LayerOptions, object>({
  type: 'roundabout',
  settings: () => ({}),
  outputShape: (_, [input]) => input,
  parameters: () =>
    ['a', 'b'].map((name) => ({ name, shape: [1], initializer: zerosInitializer(), fanIn: 1, fanOut: 1 })),
  compile(_, context) {
    const { input, x, y, outputGradient: dy, inputGradient: dx } = context;
    const count = sizeOf(input);
    const [twiceGradient, twiceInput] = [context.scratch(8 * count), context.scratch(8 * count)];
    return {
      forward: [call(pointwise(count, identity), { x, y })],
      backward: () => [
        call(doubled(count), { x: dy, y: twiceGradient }),
        call(doubled(count), { x, y: twiceInput }),
        call(firstSum(), { twice: twiceInput, db: context.gradient('b') }),
        ...(dx ? [call(halved(count), { twice: twiceGradient, dx, da: context.gradient('a') })] : []),
      ],
    };
  },
  reference: {
    forward: (_settings, _inputs, _batch, [x]) => x,
    backward: (_settings, _inputs, _batch, _xs, _parameters, outputGradient) => ({
      inputs: [outputGradient],
      parameters: {},
    }),
  },
});

export const roundabout = (options: LayerOptions): Layer => describe(options);
