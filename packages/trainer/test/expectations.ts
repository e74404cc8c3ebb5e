// Comparing tensors bit by bit, with messages that tell where they differ.
import type { Tensor } from '@convoy/tensor';
import { expect } from 'vitest';
import { bitsOf, type HasParameters } from './bits.ts';

/** Fails at the first number whose bits differ. */
export function expectSameTensor(what: string, actual: Tensor, expected: Tensor): void {
  expect(actual.shape, `shape of ${what}`).toEqual(expected.shape);
  const actualBits = bitsOf(actual);
  const wrong = bitsOf(expected).findIndex((bits, i) => bits !== actualBits[i]);
  if (wrong >= 0)
    expect.fail(`${what}, index ${wrong}: actual ${actual.data[wrong]}, expected ${expected.data[wrong]}`);
}

export function expectSameParameters(actual: HasParameters, expected: HasParameters): void {
  const parameters = actual.parameters();
  expect([...parameters.keys()]).toEqual([...expected.parameters().keys()]);
  for (const [name, tensor] of expected.parameters()) expectSameTensor(name, parameters.get(name) as Tensor, tensor);
}
