import { expect, test } from 'vitest';
import { checkLabels } from '../../src/checks/labels.ts';
import { zeros } from '../../src/tensor.ts';
import { withCode } from '../ops/numbers.ts';

test('accepts classes, and the ignored label', () => {
  checkLabels([0, 1, 2], { classes: 3 });
  checkLabels(Uint8Array.of(0, 255, 2, 2), { classes: 3, samples: 2, perSample: 2, ignoreLabel: 255 });
  checkLabels([], { classes: 3 });
});

test.each([
  ['above the classes', [0, 3], 'the label 3 of sample 1; expected a whole number from 0 to 2.'],
  ['negative', [-1, 0], 'the label -1 of sample 0;'],
  ['fractional', [0, 0.5], 'the label 0.5 of sample 1;'],
  ['NaN', [0, Number.NaN], 'the label NaN of sample 1;'],
  ['missing', [0, undefined] as unknown as number[], 'the label undefined of sample 1;'],
  ['a text', [0, '1'] as unknown as number[], 'the label "1" of sample 1;'],
])('a label that is %s', (_, labels, message) => {
  const check = () => checkLabels(labels, { classes: 3 });
  expect(check).toThrow(withCode('CONVOY_INVALID_LABEL'));
  expect(check).toThrow(message);
});

test.each<[given: string, labels: unknown, fix: string]>([
  ['an object (Tensor) as labels', zeros([2]), 'Pass the data of the tensor.'],
  ['"01" as labels', '01', 'Pass labels as an array of numbers.'],
  ['undefined as labels', undefined, 'Pass labels as an array of numbers.'],
  ['an object (Object) as labels', { length: -1 }, 'Pass labels as an array of numbers.'],
])('%s', (given, labels, fix) => {
  const check = () => checkLabels(labels as never, { classes: 3, samples: 2 });
  expect(check).toThrow(withCode('CONVOY_INVALID_DATA'));
  expect(check).toThrow(`Given ${given}; expected an array or a typed array of numbers. ${fix}`);
});

test('names the sample and the number of the label in it', () => {
  expect(() => checkLabels([0, 0, 0, 9], { classes: 3, perSample: 2, ignoreLabel: 255 })).toThrow(
    'the label 9, number 1, of sample 1; expected a whole number from 0 to 2, or 255.',
  );
});

test('checks the number of labels if the number of samples is given', () => {
  const check = (perSample: number) => () => checkLabels([0, 1, 2], { classes: 3, samples: 2, perSample });
  expect(check(1)).toThrow(withCode('CONVOY_SHAPE_MISMATCH'));
  expect(check(1)).toThrow('Given 3 labels for 2 samples; expected one label per sample.');
  expect(check(4)).toThrow('expected 4 labels per sample.');
});
