// The kinds of values that options take: each checks the text of a command line and converts it.
import { z } from 'zod';

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A number in decimal. `expected` says in an error what the option accepts. */
export const number = (expected: string, accepts: (value: number) => boolean) =>
  z
    .string()
    .regex(DECIMAL, expected)
    .transform(Number)
    .refine((value) => Number.isFinite(value) && accepts(value), expected);

export const count = (example: number) =>
  number(`a whole number of 1 or more, such as ${example}`, (value) => Number.isSafeInteger(value) && value >= 1);

export const positive = (example: number) => number(`a number above 0, such as ${example}`, (value) => value > 0);

export const nonNegative = (example: number) =>
  number(`a number of 0 or more, such as ${example}`, (value) => value >= 0);

export const fraction = (example: number) =>
  number(`a number of 0 or more and below 1, such as ${example}`, (value) => value >= 0 && value < 1);

export const choice = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, `one of: ${names.join(', ')}`);

export const path = (expected: string) => z.string().min(1, expected);

/** A flag without a value. */
export const flag = () => z.boolean().default(false);
