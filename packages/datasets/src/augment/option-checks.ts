// Checks of options that several augmentations have.
import { ConvoyError, finiteNumber, type NumberRange, nonNegativeInteger, positiveInteger } from '@convoy/tensor';
import { choiceOf, listOf, numberIn, type OptionCheck } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { type Augmentation, definitionOf, type Fill } from './augmentation.ts';

/** The least and the greatest of numbers that are drawn; all between them are equally likely. */
export type Bounds = readonly [least: number, greatest: number];

/** One number for rows and columns, or two: for rows, as in a height, and for columns, as in a width. */
export type PerAxis = number | readonly [vertical: number, horizontal: number];

/** How often an operation is applied. */
export const probability: OptionCheck<number> = numberIn({ atLeast: 0, atMost: 1 });

/** The number of an epoch; the first is 0. */
export const epochNumber: OptionCheck<number> = (name, value) => nonNegativeInteger(name, value, 2 ** 32 - 1);

export const interpolation = choiceOf('bilinear', 'nearest');

/** [least, greatest], both in a range. */
export const boundsIn =
  (range: NumberRange): OptionCheck<Bounds> =>
  (name, value) => {
    if (!Array.isArray(value) || value.length !== 2) throw noBounds(name, value);
    const [least, greatest] = Array.from(value, (bound, i) => finiteNumber(`${name}[${i}]`, bound, range));
    if ((least as number) > (greatest as number)) throw noBounds(name, value);
    return [least as number, greatest as number];
  };

const noBounds = (name: string, value: unknown) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: 'two numbers, the least and the greatest',
    fix: `Pass for example ${name}: [0.5, 1].`,
  });

/** A number s for [−s, s], or [least, greatest]. All must be from −most to most. */
export const symmetricBounds =
  (most: number): OptionCheck<Bounds> =>
  (name, value) => {
    if (Array.isArray(value)) return boundsIn({ atLeast: -most, atMost: most })(name, value);
    const bound = finiteNumber(name, value, { atLeast: 0, atMost: most });
    return [-bound, bound];
  };

/** A check of one number for both axes, or of [vertical, horizontal]. */
export const perAxis =
  (check: OptionCheck<number>): OptionCheck<readonly [vertical: number, horizontal: number]> =>
  (name, value) => {
    const both = Array.isArray(value) ? value : [value, value];
    if (both.length === 2) return [check(...entry(name, value, 0)), check(...entry(name, value, 1))];
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `${name}: ${describeValue(value)}`,
      expected: 'one number, or two: for rows and for columns',
      fix: `Pass for example ${name}: [4, 2].`,
    });
  };

const entry = (name: string, value: unknown, i: number): [name: string, value: unknown] =>
  Array.isArray(value) ? [`${name}[${i}]`, value[i]] : [name, value];

export const pixels: OptionCheck<number> = (name, value) => positiveInteger(name, value);

/** One number, or a list with one for each channel. */
export const fill: OptionCheck<Fill> = (name, value) =>
  Array.isArray(value) ? listOf(numberIn({}))(name, value) : finiteNumber(name, value);

/** A description of an augmentation of single samples. */
export const augmentation: OptionCheck<Augmentation> = (name, value) => {
  const definition = definitionOf(value as Augmentation, name);
  if (definition.build) return value as Augmentation;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${definition.type}`,
    expected: 'an augmentation of single samples',
    fix: `Leave ${definition.type} out here: it mixes the samples of a mini-batch, which is what a Mixer is for.`,
  });
};

/** A list of augmentations of single samples, at least one. */
export const augmentations: OptionCheck<readonly Augmentation[]> = (name, value) => {
  const list = listOf(augmentation)(name, value);
  if (list.length > 0) return list;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: an empty list`,
    expected: 'at least one augmentation',
    fix: 'Add one, or leave the operation out.',
  });
};

/** The check of an augmentation of any kind: of single samples, or one that mixes the samples of a mini-batch. */
export const checkAugmentation: OptionCheck<Augmentation> = (name, value) => {
  definitionOf(value as Augmentation, name);
  return value as Augmentation;
};
