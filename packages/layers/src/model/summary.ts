// A model as a table for people.
import { formatShape, sizeOf } from '@convoy/tensor';
import { formatTable } from '../table.ts';
import { type Model, parametersOf } from './model.ts';

/** One line a layer: its name, output shape and number of parameters; then the total. */
export function summary(model: Model): string {
  const rows = [
    ['layer', 'output', 'parameters'],
    ['input', formatShape(model.input), ''],
    ...model.layers.map(({ name, output, parameters }) => [name, formatShape(output), count(parameters)]),
    ['total', '', count(parametersOf(model))],
  ];
  return formatTable(rows, { leftAligned: 2, footers: 1 });
}

const count = (parameters: readonly { readonly shape: readonly number[] }[]): string =>
  parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0).toLocaleString('en-US');
