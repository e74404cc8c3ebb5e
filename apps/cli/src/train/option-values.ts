// The kinds of values that options take: each checks the text of a command line and converts it.
import { z } from 'zod';

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A number in decimal. `expected` says in an error what the option accepts. */
const number = (expected: string, accepts: (value: number) => boolean) =>
  z
    .string()
    .regex(DECIMAL, expected)
    .transform(Number)
    .refine((value) => Number.isFinite(value) && accepts(value), expected);

export interface WholeNumbers {
  readonly example: number;
  /** Default 1. */
  readonly atLeast?: number;
  /** Default `MAX_COUNT`. */
  readonly atMost?: number;
}

/** The greatest number of samples, batches and steps. */
export const MAX_COUNT = 2 ** 31 - 1;

/** The settings of an optimizer are float32 in memory; this is a little less than the greatest float32. */
const MAX_FLOAT = 3.4e38;

export function whole(numbers: WholeNumbers) {
  const { atLeast = 1, atMost = MAX_COUNT } = numbers;
  return number(wholeText(numbers), (value) => Number.isSafeInteger(value) && value >= atLeast && value <= atMost);
}

const wholeText = ({ example, atLeast = 1, atMost = MAX_COUNT }: WholeNumbers): string =>
  `a whole number from ${atLeast} to ${atMost}, such as ${example}`;

/** @param atMost default the greatest float32 */
export const positive = (example: number, atMost = MAX_FLOAT) =>
  number(`a number above 0 and at most ${atMost}, such as ${example}`, (value) => value > 0 && value <= atMost);

export const nonNegative = (example: number) =>
  number(`a number from 0 to ${MAX_FLOAT}, such as ${example}`, (value) => value >= 0 && value <= MAX_FLOAT);

export const fraction = (example: number) =>
  number(`a number of 0 or more and below 1, such as ${example}`, (value) => value >= 0 && value < 1);

/** A part of something that leaves a rest. */
export const share = (example: number) =>
  number(`a number above 0 and below 1, such as ${example}`, (value) => value > 0 && value < 1);

const SIZE = 'a height and width such as 64 or 48x64';
const MAX_SIDE = 16_384;

/** [height, width], from a number or from two with an x between them. */
export const imageSize = () =>
  z
    .string()
    .regex(/^\d{1,5}(x\d{1,5})?$/, SIZE)
    .transform((text): readonly [height: number, width: number] => {
      const [height = 0, width = height] = text.split('x').map(Number);
      return [height, width];
    })
    .refine((sides) => sides.every((side) => side >= 1 && side <= MAX_SIDE), SIZE);

export const choice = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, `one of: ${names.join(', ')}`);

/** The path of a file or a directory. The file system takes no text with a character of code 0. */
export const path = (expected: string) =>
  z
    .string()
    .min(1, expected)
    .refine((text) => !text.includes('\0'), expected);

/** A whole number, or nothing, for which commander gives true. */
export const optionalWhole = (numbers: WholeNumbers) => z.union([z.literal(true), whole(numbers)], wholeText(numbers));

/** A flag without a value. */
export const flag = () => z.boolean().default(false);
