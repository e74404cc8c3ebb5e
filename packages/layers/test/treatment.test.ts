// The options of layers for the optimizer: frozen parameters, factors of the learning rate, no weight decay.
import * as reference from '@convoy/kernels/reference';
import {
  adam,
  adamW,
  conv2d,
  dense,
  type Learner,
  type Model,
  type Optimizer,
  rmsprop,
  sequential,
  sgd,
  tanh,
} from '@convoy/layers';
import { describe, expect, test } from 'vitest';
import { expectClose, expectConvoyError } from './expectations.ts';
import { adamStep, type ReferenceStep, rmspropStep, type State, sgdStep } from './reference-steps.ts';
import { inDoubles, learnerWith, takeSteps } from './steps.ts';

/** One layer with each option, and one without; the frozen one is in the middle. */
const model = sequential({ input: [6] }, [
  ...[dense({ units: 7, name: 'slow', learningRateFactor: 0.25 }), tanh()],
  ...[dense({ units: 9, name: 'frozen', frozen: true, learningRateFactor: 2, weightDecay: false }), tanh()],
  ...[dense({ units: 5, name: 'fast', learningRateFactor: 3, weightDecay: false }), tanh()],
  dense({ units: 3, name: 'usual' }),
]);

/** The same without options. */
const plain = sequential(
  { input: [6] },
  model.layers.map(({ layer: { treatment: _, ...layer } }) => layer),
);

interface Numbers {
  readonly learningRate: number;
  readonly weightDecay: number;
}

/** The reference step of each layer's parameters; frozen layers have none. */
const stepsOf = <Settings extends Numbers>(settings: Settings, stepOf: (settings: Settings) => ReferenceStep) => {
  const rate = (factor: number) => ({ ...settings, learningRate: factor * settings.learningRate });
  return new Map<string | undefined, ReferenceStep>([
    ['slow', stepOf(rate(0.25))],
    ['fast', stepOf({ ...rate(3), weightDecay: 0 })],
    ['usual', stepOf(settings)],
  ]);
};

const layerOf = (parameter: string) => parameter.split('.')[0];

/** Compares some steps of a learner with steps in float64 on the same gradients. */
function expectSteps(
  learner: Learner,
  references: ReadonlyMap<string | undefined, ReferenceStep>,
  changed = (gradients: Map<string, Float64Array>) => gradients,
): void {
  const start = inDoubles(learner.parameters());
  const states = new Map<string, State>([...start].map(([name, parameters]) => [name, { parameters }]));
  takeSteps(learner, 6, 27, (step, given) => {
    const gradients = changed(given);
    for (const [name, { data }] of learner.parameters()) {
      const referenceStep = references.get(layerOf(name));
      if (!referenceStep) {
        expect(Float64Array.from(data), `'${name}' after step ${step}`).toEqual(start.get(name));
        continue;
      }
      const state = referenceStep(step + 1, states.get(name) as State, gradients.get(name) as Float64Array);
      states.set(name, state);
      expectClose(`'${name}' after step ${step}`, data, state.parameters, 3e-6);
    }
  });
}

const sgdSettings = { learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1 };
const adamSettings = { learningRate: 0.01, beta1: 0.7, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.1 };
const rmspropSettings = { learningRate: 0.02, rho: 0.8, epsilon: 1e-3, momentum: 0.5, weightDecay: 0.1 };
const adamWSettings = { ...adamSettings, decoupled: true };

const optimizers: readonly (readonly [name: string, optimizer: Optimizer, references: ReturnType<typeof stepsOf>])[] = [
  ['sgd', sgd(sgdSettings), stepsOf(sgdSettings, sgdStep)],
  ['adam', adam(adamSettings), stepsOf(adamSettings, adamStep)],
  ['adamW', adamW(adamSettings), stepsOf(adamWSettings, adamStep)],
  ['rmsprop', rmsprop(rmspropSettings), stepsOf(rmspropSettings, rmspropStep)],
];

const changed = ({ type, settings }: Optimizer, options: object): Optimizer => ({
  type,
  settings: { ...settings, ...options },
});

describe.each(optimizers)('%s', (_, optimizer, references) => {
  test('follows the options of each layer', () => expectSteps(learnerWith(optimizer, 64, model), references));

  test('clips by value', () => {
    const learner = learnerWith(changed(optimizer, { clipValue: 0.02 }), 64, model);
    expectSteps(learner, references, (gradients) => each(gradients, (g) => reference.clipByValue(g, 0.02)));
  });

  test('clips the norm of the trained parameters', () => {
    const learner = learnerWith(changed(optimizer, { globalClipNorm: 0.05 }), 64, model);
    expectSteps(learner, references, (gradients) => {
      const trained = [...gradients].filter(([name]) => references.has(layerOf(name))).map(([, gradient]) => gradient);
      const scale = reference.globalNormScale(trained, 0.05);
      expect(scale).toBeLessThan(1);
      return each(gradients, (gradient) => gradient.map((g) => scale * g));
    });
  });

  test('averages trained parameters and frozen ones', () => {
    const learner = learnerWith(changed(optimizer, { averageDecay: 0.8 }), 64, model);
    let averages = inDoubles(learner.parameters());
    takeSteps(learner, 4, 27, (step) => {
      const parameters = inDoubles(learner.parameters());
      averages = new Map(
        [...averages].map(([name, average]) => [
          name,
          reference.movingAverage(average, parameters.get(name) as Float64Array, 0.8),
        ]),
      );
      for (const [name, { data }] of learner.slot('average')) {
        expectClose(`the average of '${name}' after step ${step}`, data, averages.get(name) as Float64Array, 1e-6);
      }
    });
    expect(learner.slot('average').get('frozen.kernel')).toEqual(learner.parameters().get('frozen.kernel'));
  });
});

const each = (gradients: Map<string, Float64Array>, change: (gradient: Float64Array) => Float64Array) =>
  new Map([...gradients].map(([name, gradient]) => [name, change(gradient)]));

describe('options with their default values', () => {
  const usual = { frozen: false, learningRateFactor: 1, weightDecay: true };

  test('are not in the description', () => expect(dense({ units: 2, ...usual })).toEqual(dense({ units: 2 })));

  test('give the bits of no options', () => {
    const options = { globalClipNorm: 0.1, averageDecay: 0.9 };
    const trained = (of: Model) => {
      const learner = learnerWith(adamW(options), 64, of);
      takeSteps(learner, 3, 27, () => {});
      return learner.parameters();
    };
    const asked = sequential(
      { input: [6] },
      plain.layers.map(({ layer }) => ({ ...layer, treatment: usual })),
    );
    expect(trained(asked)).toEqual(trained(plain));
    expect(trained(model)).not.toEqual(trained(plain));
  });
});

describe('options', () => {
  const loose = (options: object) => options as never;

  test.each<[given: string, options: object]>([
    ['frozen: "yes"', { frozen: 'yes' }],
    ['frozen: 1', { frozen: 1 }],
    ['learningRateFactor: -1', { learningRateFactor: -1 }],
    ['learningRateFactor: NaN', { learningRateFactor: Number.NaN }],
    ['learningRateFactor: Infinity', { learningRateFactor: Number.POSITIVE_INFINITY }],
    ['weightDecay: 0.1', { weightDecay: 0.1 }],
  ])('reject %s', (given, options) =>
    expectConvoyError(() => dense(loose({ units: 1, ...options })), 'CONVOY_INVALID_OPTION', given),
  );

  test('are in the description, frozen and clonable', () => {
    const layer = conv2d({ filters: 1, kernelSize: 1, frozen: true, learningRateFactor: 0 });
    expect(layer.treatment).toEqual({ frozen: true, learningRateFactor: 0, weightDecay: true });
    expect(Object.isFrozen(layer.treatment)).toBe(true);
    expect(structuredClone(layer)).toEqual(layer);
  });
});
