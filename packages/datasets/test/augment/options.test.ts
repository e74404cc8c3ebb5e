// Descriptions of augmentations: options, defaults, combinations that are impossible.
import { runInNewContext } from 'node:vm';
import * as augment from '@convoy/datasets/augment';
import { describe, expect, it, test } from 'vitest';
import { everything } from './everything.ts';
import { invert } from './invert.ts';

type Loose = Readonly<Record<string, (...given: unknown[]) => augment.Augmentation>>;
const loose = augment as unknown as Loose;
const invalid = { code: 'CONVOY_INVALID_OPTION' };

/** Functions that describe an augmentation by options, with valid ones. */
const described: readonly [string, object][] = [
  ['affine', {}],
  ['autoContrast', {}],
  ['brightness', { factor: [1, 2] }],
  ['contrast', { factor: [1, 2] }],
  ['cutmix', {}],
  ['cutout', { size: 3 }],
  ['equalize', {}],
  ['gaussianNoise', { deviation: 3 }],
  ['grayscale', {}],
  ['horizontalFlip', {}],
  ['hue', { shift: 0.1 }],
  ['mixup', {}],
  ['posterize', { bits: 4 }],
  ['randAugment', {}],
  ['randomCrop', {}],
  ['randomErasing', {}],
  ['randomResizedCrop', {}],
  ['rotate', { degrees: 3 }],
  ['saturation', { factor: [1, 2] }],
  ['scale', { factor: [1, 2] }],
  ['sharpness', { factor: [1, 2] }],
  ['solarize', { threshold: 3 }],
  ['translate', {}],
  ['verticalFlip', {}],
];

test('these are all functions of the package that describe an augmentation by options', () => {
  const others = [
    'Augmenter',
    'Mixer',
    'checkAugmentation',
    'contactSheet',
    'defineAugmentation',
    'importAugmentations',
    'isMix',
    'oneOf',
  ];
  const names = Object.keys(augment).filter((name) => ![...others, 'preview', 'sometimes'].includes(name));
  expect(names.toSorted()).toEqual(described.map(([name]) => name));
});

describe.each(described)('%s', (name, options) => {
  const describe = loose[name] as (...given: unknown[]) => augment.Augmentation;

  it('is plain data of its name, and the same after a structured clone', () => {
    const operation = describe(options);
    expect(operation.type).toBe(name);
    expect(structuredClone(operation)).toEqual(operation);
    expect(Object.isFrozen(operation) && Object.isFrozen(operation.settings)).toBe(true);
  });

  it('rejects unknown options, and what are no options', () => {
    expect(() => describe({ ...options, noSuchOption: 1 })).toThrow(
      expect.objectContaining({ ...invalid, given: expect.stringContaining('the option "noSuchOption"') }),
    );
    for (const wrong of [null, 5, new Map(), 'text'])
      expect(() => describe(wrong)).toThrow(expect.objectContaining(invalid));
  });

  it('rejects wrong values of each option', () => {
    for (const option of Object.keys(describe(options).settings)) {
      for (const wrong of [null, Number.NaN, 'text', {}, [1], [2, 1], [-1, -1e9], 1e9, -1e9, Symbol('s')]) {
        try {
          describe({ ...options, [option]: wrong });
        } catch (error) {
          expect(error).toMatchObject(invalid);
        }
      }
      expect(() => describe({ ...options, [option]: null })).toThrow(expect.objectContaining(invalid));
    }
  });
});

test.each<[string, () => unknown]>([
  ['brightness', () => augment.brightness({ factor: 0.4 as never })],
  ['least and greatest', () => augment.rotate({ degrees: [5, -5] })],
  ['rotate without degrees', () => augment.rotate({} as never)],
  ['a fill of a text', () => augment.rotate({ degrees: 5, fill: 'black' as never })],
  ['both kinds of flips', () => augment.horizontalFlip({ alternate: true, probability: 0.5 })],
  ['a hue of more than half the circle', () => augment.hue({ shift: 0.6 })],
  ['shearing by a right angle', () => augment.affine({ shear: 90 })],
  ['an unknown axis', () => augment.affine({ shear: { z: 1 } as never })],
  ['oneOf nothing', () => augment.oneOf([])],
  ['oneOf something else', () => augment.oneOf([{} as never])],
  ['sometimes more than always', () => augment.sometimes(1.5, augment.verticalFlip())],
  ['sometimes a function', () => augment.sometimes(0.5, augment.verticalFlip as never)],
])('%s is rejected', (_, describe) => {
  expect(describe).toThrow(expect.objectContaining(invalid));
});

test.each([
  ['rotate', { angle: 5 }, 'Use degrees.'],
  ['rotate', { degrees: 5, cval: 0 }, 'Use fill.'],
  ['rotate', { limit: 5 }, 'Use degrees.'],
  ['horizontalFlip', { p: 0.5 }, 'Use probability.'],
  ['gaussianNoise', { sigma: 0.1 }, 'Use deviation.'],
  ['gaussianNoise', { stddev: 0.1 }, 'Use deviation.'],
  ['randAugment', { num_ops: 2 }, 'Use operations.'],
  ['cutout', { length: 8 }, 'Use size.'],
  ['cutout', { size: 8, num_holes: 2 }, 'Use holes.'],
  ['cutout', { size: 8, n_holes: 2 }, 'Use holes.'],
  ['randomErasing', { value: 0 }, 'Use fill.'],
  ['brightness', { brightness_factor: [1, 2] }, 'Use factor.'],
])('%s with %j: %s', (name, options, fix) => {
  expect(() => loose[name]?.(options)).toThrow(expect.objectContaining({ ...invalid, fix }));
});

describe('an augmenter cannot be built', () => {
  const color = { sampleShape: [3, 8, 8], element: 'uint8', seed: 1 } as const;
  const gray = { ...color, sampleShape: [1, 8, 8] };
  const floats = { ...color, element: 'float32' } as const;

  test.each<[string, augment.Augmentation, augment.AugmenterOptions]>([
    ['CONVOY_SHAPE_MISMATCH', augment.randomCrop({ size: 9 }), color],
    ['CONVOY_SHAPE_MISMATCH', augment.randomCrop({ size: [8, 13], padding: [9, 2] }), color],
    ['CONVOY_SHAPE_MISMATCH', augment.hue({ shift: 0.1 }), gray],
    ['CONVOY_SHAPE_MISMATCH', augment.saturation({ factor: [0, 1] }), gray],
    ['CONVOY_SHAPE_MISMATCH', augment.sometimes(0.1, augment.oneOf([augment.grayscale()])), gray],
    ['CONVOY_INVALID_DATA', augment.hue({ shift: 0.1 }), floats],
    ['CONVOY_INVALID_DATA', augment.posterize({ bits: 3 }), floats],
    ['CONVOY_INVALID_DATA', augment.solarize({ threshold: 3 }), floats],
    ['CONVOY_INVALID_DATA', augment.equalize(), floats],
    ['CONVOY_INVALID_DATA', augment.autoContrast(), floats],
    ['CONVOY_INVALID_DATA', augment.randAugment(), floats],
    ['CONVOY_INVALID_OPTION', augment.rotate({ degrees: 3, fill: [1, 2] }), color],
    ['CONVOY_INVALID_OPTION', augment.rotate({ degrees: 3, fill: 256 }), color],
    ['CONVOY_INVALID_OPTION', augment.cutout({ size: 3, fill: 0.5 }), color],
    ['CONVOY_SHAPE_MISMATCH', augment.verticalFlip(), { ...color, sampleShape: [8, 8] }],
    ['CONVOY_SHAPE_MISMATCH', augment.verticalFlip(), { ...color, sampleShape: [3, 0, 8] }],
    ['CONVOY_INVALID_SHAPE', augment.verticalFlip(), { ...color, sampleShape: [1, 2 ** 31, 1] }],
    ['CONVOY_INVALID_OPTION', augment.verticalFlip(), { ...color, seed: -1 }],
    ['CONVOY_INVALID_OPTION', augment.verticalFlip(), { ...color, element: 'int8' as never }],
    ['CONVOY_UNKNOWN_NAME', { type: 'spin', settings: {} }, color],
  ])('%s', (code, operation, options) => {
    expect(() => new augment.Augmenter([operation], options)).toThrow(expect.objectContaining({ code }));
  });

  test('from what is no list of augmentations', () => {
    for (const wrong of [null, {}, 'flip', [null], [7]]) {
      expect(() => new augment.Augmenter(wrong as never, color)).toThrow(expect.objectContaining(invalid));
    }
    expect(() => new augment.Augmenter([], null as never)).toThrow(expect.objectContaining(invalid));
  });

  test('but float32 samples and samples of any channels can be augmented otherwise', () => {
    const bytes = ['randAugment', 'hue', 'posterize', 'oneOf', 'autoContrast', 'sometimes'];
    const others = everything.filter(({ type }) => !bytes.includes(type));
    expect(() => new augment.Augmenter(others, floats)).not.toThrow();
    const five = { ...color, sampleShape: [5, 8, 8] };
    expect(
      () => new augment.Augmenter([augment.randAugment(), augment.contrast({ factor: [1, 2] })], five),
    ).not.toThrow();
  });
});

describe('defineAugmentation', () => {
  it('makes descriptions with the module that defines them', () => {
    expect(invert()).toEqual({ type: 'invert', settings: {}, module: expect.stringMatching(/invert\.ts$/) });
  });

  test.each([
    ['nothing', null],
    ['no build', { type: 'a', settings: () => ({}) }],
    ['no settings', { type: 'a', build: () => () => undefined }],
    ['no type', { settings: () => ({}), build: () => () => undefined }],
    ['a module that is no text', { type: 'a', module: 5, settings: () => ({}), build: () => () => undefined }],
  ])('rejects a definition with %s', (_, definition) => {
    expect(() => augment.defineAugmentation(definition as never)).toThrow(expect.objectContaining(invalid));
  });

  it('reports errors of definitions', () => {
    const options = { sampleShape: [1, 2, 2], element: 'uint8', seed: 1 } as const;
    const settings = () => ({});
    const failed = expect.objectContaining({ code: 'CONVOY_LAYER_FAILED' });
    const throwing = augment.defineAugmentation<object, object>({
      ...{ type: 'throwing', settings },
      build: () => {
        throw new TypeError('no');
      },
    });
    expect(() => new augment.Augmenter([throwing()], options)).toThrow(failed);
    const empty = augment.defineAugmentation<object, object>({
      type: 'empty',
      settings,
      build: () => undefined as never,
    });
    expect(() => new augment.Augmenter([empty()], options)).toThrow(failed);
  });

  it('has modules that cannot be imported', async () => {
    const inside = augment.oneOf([augment.verticalFlip()]);
    const missing = {
      ...inside,
      settings: { operations: [{ type: 'a', settings: {}, module: 'file:///nowhere.js' }] },
    };
    await expect(augment.importAugmentations([missing])).rejects.toMatchObject({
      code: 'CONVOY_LAYER_FAILED',
      given: expect.stringContaining('file:///nowhere.js'),
    });
    await expect(augment.importAugmentations(everything)).resolves.toBeUndefined();
  });
});

test('options of another realm are options', () => {
  const options = runInNewContext('({ degrees: [1, 2], fill: [1, 2, 3] })');
  expect(augment.rotate(options)).toEqual(augment.rotate({ degrees: [1, 2], fill: [1, 2, 3] }));
});
