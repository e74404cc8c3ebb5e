import { describe, expect, it } from 'vitest';
import { checkOptions, choiceOf, flag, numberIn, optional, optionChecker } from '../../src/checks/check-options.ts';
import { positiveInteger } from '../../src/checks/checks.ts';
import { adviceFor, closestName, synonymOf } from '../../src/checks/option-advice.ts';

interface Options {
  readonly filters: number;
  readonly strides?: number;
  readonly mode?: 'near' | 'far';
  readonly useBias?: boolean;
  readonly rate?: number;
}

const checks = {
  filters: positiveInteger,
  strides: optional(positiveInteger, 1),
  mode: optional(choiceOf('near', 'far'), 'near'),
  useBias: optional(flag, true),
  rate: optional(numberIn({ atLeast: 0, below: 1 })),
};

const check = (options: unknown) => checkOptions('conv2d', options as Options, checks);

describe('checkOptions', () => {
  it('returns the checked values and the defaults', () => {
    expect(check({ filters: 3 })).toEqual({ filters: 3, strides: 1, mode: 'near', useBias: true, rate: undefined });
    expect(check({ filters: 3, strides: 2, mode: 'far', useBias: false, rate: 0.5 })).toEqual({
      filters: 3,
      strides: 2,
      mode: 'far',
      useBias: false,
      rate: 0.5,
    });
  });

  it('reads options that are inherited', () => {
    expect(check(Object.create({ filters: 5 })).filters).toBe(5);
  });

  it.each([
    [{ filters: 1, strides: 0 }, 'strides: 0; expected a whole number of 1 or more'],
    [{ filters: 1, mode: 'middle' }, 'mode: "middle"; expected one of "near", "far"'],
    [{ filters: 1, useBias: 1 }, 'useBias: 1; expected one of true, false'],
    [{ filters: 1, rate: 1 }, 'rate: 1; expected a finite number of 0 or more and below 1'],
    [{ filters: 1, rate: null }, 'rate: null; expected a finite number'],
    [undefined, 'filters: undefined; expected a whole number of 1 or more'],
    [
      null,
      'null as the options of conv2d; expected an object with options. Pass an object, for example { filters: … }.',
    ],
    [[3], '[3] as the options of conv2d'],
    [3, '3 as the options of conv2d'],
    [() => 3, 'a function as the options of conv2d'],
    [
      { filters: 1, stride: 2 },
      'the option "stride", which conv2d does not have; expected only options that it has: filters, strides, mode, ' +
        'useBias, rate. Use strides.',
    ],
    [{ filters: 1, bias: undefined }, 'the option "bias", which conv2d does not have'],
    [JSON.parse('{ "filters": 1, "__proto__": 1 }'), 'the option "__proto__", which conv2d does not have'],
  ])('rejects %j', (options, message) => {
    expect(() => check(options)).toThrow(
      expect.objectContaining({ code: 'CONVOY_INVALID_OPTION', message: expect.stringContaining(message) }),
    );
  });

  it('knows options that are checked elsewhere, and rejects those of nobody', () => {
    const checked = optionChecker<{ rate?: number }>('dropout', { rate: 0.5, name: 'drop' }, ['name']);
    expect(checked({ rate: checks.rate })).toEqual({ rate: 0.5 });
    const none = optionChecker<object>('relu', { slope: 1 }, ['name']);
    expect(() => none({})).toThrow(
      'the option "slope", which relu does not have; expected only options that it has: name.',
    );
    expect(() => optionChecker<object>('accuracy', { k: 1 })({})).toThrow('expected no options. Leave it out');
  });
});

describe('advice', () => {
  it.each([
    ['stride', ['filters', 'strides'], 'Use strides.'],
    ['kernel_size', ['kernelSize'], 'Use kernelSize.'],
    ['kernel_size', ['size'], 'Use size.'],
    ['weight_decay', ['weightDecay', 'momentum'], 'Use weightDecay.'],
    ['label_smoothing', ['labelSmoothing'], 'Use labelSmoothing.'],
    ['bias', ['useBias'], 'Use useBias.'],
    ['eps', ['epsilon'], 'Use epsilon.'],
    ['lr', ['learningRate'], 'Use learningRate.'],
    ['out_channels', ['filters'], 'Use filters.'],
    ['out_features', ['units'], 'Use units.'],
    ['validationData', ['validation', 'epochs'], 'Use validation.'],
    ['normalisation', ['normalization'], 'Did you mean normalization?'],
    ['nestrov', ['nesterov', 'momentum'], 'Did you mean nesterov?'],
    ['Epochs', ['epochs'], 'Did you mean epochs?'],
    ['in_channels', ['filters'], 'Leave it out: the layer takes the number of channels from its input.'],
    ['activation', ['units'], 'Add the activation as a layer of its own, for example relu(), after this one.'],
    ['constructor', ['units'], 'Leave it out, or correct its name.'],
    ['zzz', ['units'], 'Leave it out, or correct its name.'],
    ['zzz', [], 'Leave it out, or correct its name.'],
  ])('for %s with %j', (unknown, known, advice) => {
    expect(adviceFor(unknown, known)).toBe(advice);
  });

  it('finds no closest name where all differ too much', () => {
    expect(closestName('k', ['kernelSize'])).toBeUndefined();
    expect(closestName('filtres', ['filters', 'units'])).toBe('filters');
  });

  it('counts two characters in the wrong order as one mistake', () => {
    expect(closestName('trian', ['models', 'train'])).toBe('train');
    expect(closestName('rtani', ['models', 'train'])).toBeUndefined();
  });

  it('knows the names of PyTorch and Keras', () => {
    expect(synonymOf('lr', ['learningRate'])).toBe('learningRate');
    expect(synonymOf('lr', ['rate'])).toBeUndefined();
    expect(synonymOf('constructor', ['constructor'])).toBeUndefined();
  });
});
