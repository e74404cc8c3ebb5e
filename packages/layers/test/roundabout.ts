// A layer that passes its input on, and goes back by ways that a plan must neither cut short nor keep for nothing: one kernel for the gradients
// of the input and of `a`, both from scratch memory, and another one for that of `b`, from scratch memory of its own.
import { cells, identity, kernel, load, multiply, pointwise, scalar, scalars, sumLanes } from '@convoy/kernels';
import { defineLayer, type Layer, type LayerOptions, zerosInitializer } from '@convoy/layers';
import { sizeOf } from '@convoy/tensor';

const doubled = (count: number) => pointwise(count, { forward: (_, x) => multiply(x, 2) });

/** dx = twice / 2, da = 1. Arguments: twice cells, dx cells, da. */
const halved = (count: number) =>
  kernel('halved', { twice: cells(count), dx: cells(count), da: scalars(1) }, (k, { twice, dx, da }) => {
    k.loop('i', 0, count, (i) => k.store(dx(i), multiply(load(twice(i)), 0.5)));
    k.storeScalar(da(0), scalar(1));
  });

/** db = the sum of the first cell of twice x. Arguments: twice cells, db. */
const firstSum = () =>
  kernel('firstSum', { twice: cells(1), db: scalars(1) }, (k, { twice, db }) =>
    k.storeScalar(db(0), sumLanes(load(twice(0)))),
  );

const describe = defineLayer<LayerOptions, object>({
  type: 'roundabout',
  settings: () => ({}),
  outputShape: (_, input) => input,
  parameters: () =>
    ['a', 'b'].map((name) => ({ name, shape: [1], initializer: zerosInitializer(), fanIn: 1, fanOut: 1 })),
  compile(_, { input, x, y, outputGradient, inputGradient, ...site }) {
    const count = sizeOf(input);
    const [twiceGradient, twiceInput] = [site.scratch(8 * count), site.scratch(8 * count)];
    return {
      forward: [{ kernel: pointwise(count, identity), places: [x, y] }],
      backward: () => [
        { kernel: doubled(count), places: [outputGradient, twiceGradient] },
        { kernel: doubled(count), places: [x, twiceInput] },
        { kernel: firstSum(), places: [twiceInput, site.gradient('b')] },
        ...(inputGradient
          ? [{ kernel: halved(count), places: [twiceGradient, inputGradient, site.gradient('a')] }]
          : []),
      ],
    };
  },
  reference: {
    forward: (_settings, _input, _batch, x) => x,
    backward: (_settings, _input, _batch, _x, _parameters, outputGradient) => ({
      input: outputGradient,
      parameters: {},
    }),
  },
});

export const roundabout = (options: LayerOptions): Layer => describe(options);
