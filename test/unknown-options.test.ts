// Every function of `@convoy/tensor` and `@convoy/layers` that takes options rejects an unknown one, and names the closest
// option that it has. The functions are found in the sources: a new one needs no new row.
import { readFileSync } from 'node:fs';
import * as layers from '@convoy/layers';
import * as tensor from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { type Export, exportsOf, layerExportsFrom } from './exports.ts';

type AnyFunction = (...values: unknown[]) => unknown;
const functionsOf = (module: object) => module as unknown as Readonly<Record<string, AnyFunction>>;
const exported = { layers: functionsOf(layers), tensor: functionsOf(tensor) };

const unknownOption = (code = 'CONVOY_INVALID_OPTION') =>
  expect.objectContaining({ code, given: expect.stringContaining('the option "noSuchOption"') });

const FOLDERS = ['layers', 'losses', 'metrics', 'optimizers', 'schedules', 'initializers', 'zoo'];
/** What these folders export besides functions that describe something by options. */
const OTHERS = ['weighted', 'classReport', 'formatClassReport', 'confusionMatrix', 'constantInitializer'];
const factories = FOLDERS.flatMap(layerExportsFrom).filter((name) => !OTHERS.includes(name));

test('the factories are those of all folders', () => {
  expect(factories.length).toBeGreaterThan(70);
  expect(factories).toContain('conv2d');
});

test.each(factories)('%s', (name) => {
  const factory = exported.layers[name] as AnyFunction;
  expect(() => factory({ noSuchOption: 1 })).toThrow(unknownOption());
  expect(() => factory(null)).toThrow(expect.objectContaining({ code: 'CONVOY_INVALID_OPTION' }));
  expect(() => factory(new Map())).toThrow(expect.objectContaining({ code: 'CONVOY_INVALID_OPTION' }));
});

test.each(factories)('%s can be called without arguments, unless an option is required', (name) => {
  const factory = exported.layers[name] as AnyFunction;
  const described = (...options: unknown[]) => {
    try {
      return factory(...options);
    } catch (error) {
      return { given: (error as tensor.ConvoyError).given };
    }
  };
  expect(described()).toEqual(described({}));
  expect(described()).toEqual(described(undefined));
});

/** The names of the parameters of a function, as its source declares them. */
function parametersOf({ module, declaredName }: Export): readonly string[] {
  const text = readFileSync(module, 'utf8');
  const declaration = new RegExp(
    `^export (?:const ${declaredName} = (?:<[^(]*>)?|function ${declaredName}(?:<[^(]*>)?)\\(([^)]*)\\)`,
    'm',
  ).exec(text);
  return (declaration?.[1] ?? '').split(/,\s*/).map((parameter) => parameter.split(/[?:]/)[0]?.trim() ?? '');
}

const withOptions = (['tensor', 'layers'] as const).flatMap((name) =>
  exportsOf(name)
    .filter((one) => !one.isType && parametersOf(one).includes('options'))
    .filter((one) => name === 'tensor' || !factories.includes(one.name))
    .map((one) => [`${name}.${one.name}`, exported[name][one.name] as AnyFunction, parametersOf(one)] as const),
);

test('functions with options are found', () => {
  const names = withOptions.map(([name]) => name);
  expect(names).toContain('tensor.conv2dTransposeWeightGradient');
  for (const name of ['graph', 'sequential', 'summary', 'memoryUse', 'createLearner']) {
    expect(names).toContain(`layers.${name}`);
  }
});

const model = layers.lenet5();
/** A valid value for a parameter other than the options. */
const valueFor = (parameter: string): unknown => {
  if (parameter === 'model') return model;
  return parameter.endsWith('Shape') ? [1, 1, 4, 4] : tensor.full([1, 1, 4, 4], 1);
};

test.each(withOptions)('%s', (_, run, parameters) => {
  const values = parameters.map((name) => (name === 'options' ? { noSuchOption: 1 } : valueFor(name)));
  expect(() => run(...values)).toThrow(unknownOption());
});

describe('options of other libraries', () => {
  const loose = (options: object) => options as never;
  test.each<[message: string, describe: () => unknown]>([
    [
      'the option "stride", which conv2d does not have',
      () => layers.conv2d(loose({ filters: 1, kernelSize: 3, stride: 2 })),
    ],
    ['Use strides.', () => layers.conv2d(loose({ filters: 1, kernelSize: 3, stride: 2 }))],
    ['Use useBias.', () => layers.conv2d(loose({ filters: 1, kernelSize: 3, bias: false }))],
    ['Use filters.', () => layers.conv2d(loose({ out_channels: 1, kernelSize: 3 }))],
    ['takes the number of channels', () => layers.conv2d(loose({ in_channels: 1, filters: 1, kernelSize: 3 }))],
    ['Use strides.', () => layers.maxPool2d(loose({ size: 2, stride: 2 }))],
    ['Use size.', () => layers.maxPool2d(loose({ kernel_size: 2 }))],
    ['Use size.', () => layers.maxPool2d(loose({ pool_size: 2 }))],
    ['Use countPadding.', () => layers.avgPool2d(loose({ size: 2, count_include_pad: true }))],
    ['Use weightDecay.', () => layers.sgd(loose({ learningRate: 1, weight_decay: 0.1 }))],
    ['Did you mean nesterov?', () => layers.sgd(loose({ learningRate: 1, nestrov: true }))],
    ['Use learningRate.', () => layers.adam(loose({ lr: 1 }))],
    ['Use beta1 and beta2.', () => layers.adam(loose({ betas: [0.9, 0.99] }))],
    ['Use rho.', () => layers.rmsprop(loose({ alpha: 0.9 }))],
    ['Use labelSmoothing.', () => layers.softmaxCrossEntropy(loose({ label_smoothing: 0.1 }))],
    ['Use ignoreLabel.', () => layers.softmaxCrossEntropy(loose({ ignore_index: 255 }))],
    ['Use classWeights.', () => layers.softmaxCrossEntropy(loose({ weight: [1, 2] }))],
    ['takes logits', () => layers.softmaxCrossEntropy(loose({ from_logits: true }))],
    ['Use epsilon.', () => layers.batchNorm2d(loose({ eps: 1e-3 }))],
    ['Use scale and offset', () => layers.batchNorm2d(loose({ affine: false }))],
    ['Add the activation as a layer of its own', () => layers.dense(loose({ units: 1, activation: 'relu' }))],
    ['Use units.', () => layers.dense(loose({ out_features: 1 }))],
    ['Use rate.', () => layers.dropout(loose({ p: 0.5 }))],
    ['Use negativeSlope.', () => layers.leakyRelu(loose({ alpha: 0.1 }))],
    ['Use negativeSlope.', () => tensor.leakyRelu(tensor.zeros([1]), loose({ negative_slope: 0.1 }))],
    [
      'Use strides.',
      () => tensor.conv2d(tensor.zeros([1, 1, 3, 3]), tensor.zeros([1, 1, 1, 1]), undefined, loose({ stride: 2 })),
    ],
    ['Use decaySteps.', () => layers.stepDecay(loose({ initialLearningRate: 1, step_size: 3 }))],
    ['Use finalLearningRate.', () => layers.cosineDecay(loose({ initialLearningRate: 1, decaySteps: 3, eta_min: 0 }))],
    ['Use deviation.', () => layers.normalInitializer(loose({ stddev: 1 }))],
    ['Use input.', () => layers.sequential(loose({ inputShape: [1] }), [layers.relu()])],
    ['Use classes.', () => layers.lenet5(loose({ num_classes: 3 }))],
    ['Use accumulate.', () => layers.createLearner(loose({ gradient_accumulation_steps: 2 }))],
  ])('%s', (message, run) => {
    expect(run).toThrow(message);
    expect(run).toThrow(expect.objectContaining({ code: 'CONVOY_INVALID_OPTION' }));
  });

  test('dropout() misses its rate', () =>
    expect(() => (layers.dropout as AnyFunction)()).toThrow('Given rate: undefined; expected a finite number'));
});
