// The table of kernel cases has a case for every kernel in the sources. (Exported families without cases are type
// errors in cases/table.ts.)
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { examples, table } from './cases/table.ts';

/**
 * Where the sources name a kernel: the first argument of `kernel`, or of a function that passes it on; rules of
 * optimizers have a property.
 */
const NAMES =
  /(?:\bkernel|\belementwise(?:Loss|Metric)|\bwindowMeans(?:InputGradient)?)\(\s*'(\w+)'|\bname: '(adam|adamW|sgd|rmsprop|frozen|movingAverage)'/g;

test('every kernel of the sources has an example', () => {
  const families = new URL('../src/families/', import.meta.url);
  const files = readdirSync(families, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const named = files.flatMap((file) => {
    const source = readFileSync(new URL(file, families), 'utf8');
    return [...source.matchAll(NAMES)].map(([, kernel, rule]) => kernel ?? rule!);
  });
  const tested = new Set(examples.flatMap(({ problems }) => problems().map(({ kernel }) => kernel.name)));
  expect(named.length).toBeGreaterThan(60);
  expect(named.filter((name) => !tested.has(name))).toEqual([]);
});

test('every family has an example whose mutants are tested, or elementary functions that hide their errors', () => {
  const untested = Object.entries(table).filter(([, { examples }]) => examples.every(({ mutants }) => !mutants));
  // Its elementary functions have tests of their own; the other copies numbers.
  expect(untested.map(([family]) => family)).toEqual(['softmax', 'scatter']);
});
