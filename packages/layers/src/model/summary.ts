// A model as a table for people.
import { formatShape, sizeOf } from '@convoy/tensor';
import { type Model, parametersOf } from './sequential.ts';

/** One line a layer: its name, output shape and number of parameters; then the total. */
export function summary(model: Model): string {
  const rows = [
    ['layer', 'output', 'parameters'],
    ['input', formatShape(model.input), ''],
    ...model.layers.map(({ name, output, parameters }) => [name, formatShape(output), count(parameters)]),
    ['total', '', count(parametersOf(model))],
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const lines = rows.map(([name, output, parameters]) =>
    [
      (name as string).padEnd(widths[0] as number),
      (output as string).padEnd(widths[1] as number),
      (parameters as string).padStart(widths[2] as number),
    ]
      .join('  ')
      .trimEnd(),
  );
  const rule = '─'.repeat(Math.max(...lines.map((line) => line.length)));
  return [lines[0], rule, ...lines.slice(1, -1), rule, lines.at(-1)].join('\n');
}

const count = (parameters: readonly { readonly shape: readonly number[] }[]): string =>
  parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0).toLocaleString('en-US');
