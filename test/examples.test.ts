// The numbered examples run, each in its own process, and print the expected numbers.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { layerScale } from '../apps/examples/src/layer-scale.ts';
import {
  checkClone,
  checkKernels,
  checkReference,
  checkShapes,
  type LayerCase,
} from '../packages/layers/test/conformance.ts';
import { expectClose } from '../packages/layers/test/expectations.ts';
import * as worked from './worked-example.ts';

const main = fileURLToPath(new URL('../apps/examples/src/main.ts', import.meta.url));

function run(...numbers: readonly string[]) {
  const given = ['--conditions=@convoy/source', main, ...numbers];
  const { status, stdout, stderr } = spawnSync(process.execPath, given, { encoding: 'utf8', timeout: 60_000 });
  return { status, stdout, stderr };
}

/** The numbers printed below a title in the section of a heading. */
function numbersIn(stdout: string, heading: string, title: string): number[] {
  const section = stdout.split(/\n(.+)\n─+\n/);
  const text = section[section.indexOf(heading) + 1] ?? '';
  const [, rows = ''] = text.split(new RegExp(`^${title}.*\\n`, 'm'));
  return (rows.split('\n\n')[0] as string).trim().split(/\s+/).map(Number);
}

describe('main', () => {
  test('lists the examples', () => {
    const { status, stdout, stderr } = run();
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toMatch(/^1 {2}the gradients of a small convolutional network.*\n2 {2}your own layer/);
  });

  test.each(['0', '99', 'one'])('rejects example %s', (number) => {
    const { status, stdout, stderr } = run('1', number);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(`There is no example ${number}. There are:\n1  `);
  });
});

describe('1, the worked example', () => {
  const { status, stdout, stderr } = run('1');

  const printed = (heading: string, title: string) => numbersIn(stdout, heading, title);

  const expectPrinted = (heading: string, title: string, expected: ArrayLike<number>) =>
    expectClose(`${heading}, ${title}`, printed(heading, title), expected, 1e-6);

  test('succeeds', () => expect({ status, stderr }).toEqual({ status: 0, stderr: '' }));

  test('prints the given numbers', () => {
    const heading = 'Given values';
    expectPrinted(heading, 'input o', worked.input.data);
    expectPrinted(heading, 'kernel w', worked.kernel.data);
    expectPrinted(heading, 'weights of the neurons', worked.weights.data);
    expectPrinted(heading, 'deltas δ', worked.neuronDeltas);
  });

  test('prints the forward pass', () => {
    expect(printed('Forward', 'convolution')[0]).toBe(0.2491);
    expectPrinted('Forward', 'the maximum', worked.maxima);
    expectClose('sigmoid', printed('Forward', 'sigmoid'), worked.activated, 5e-6);
  });

  test('prints the backward pass with rounding by hand', () => {
    const heading = 'Backward by hand, with each s rounded to two digits';
    expectPrinted(heading, 'deltas before the sigmoid', worked.rounded.deltas);
    expectPrinted(heading, 'each delta', worked.deltaMap(worked.rounded.deltas));
    expectPrinted(heading, 'gradient of the kernel:', worked.rounded.weightGradient);
    expectPrinted(heading, 'the deltas truncated', worked.deltaMap(worked.roundedTwice.deltas));
    expectPrinted(heading, 'gradient of the kernel from', worked.roundedTwice.weightGradient);
  });

  test('prints the backward pass without rounding', () => {
    const heading = 'Backward, without rounding';
    const { deltas, weightGradient, biasGradient, inputGradient } = worked.exact;
    expectPrinted(heading, 'deltas δ', worked.deltaMap(deltas));
    expectPrinted(heading, 'gradient of the kernel', weightGradient);
    expectPrinted(heading, 'gradient of a bias', biasGradient);
    expectPrinted(heading, 'gradient at the input', inputGradient);
  });

  test('prints the consequences', () => {
    const heading = 'Related results';
    const { deltas, weightGradient, inputGradient } = worked.exact;
    expectPrinted(heading, 'the gradient at the input is', inputGradient);
    expectPrinted(heading, "SciPy's", weightGradient);
    expectPrinted(heading, 'the sigmoid directly after', worked.deltaMap(deltas));
    const several = printed(heading, 'two channels');
    expectClose('first filter and channel', several.slice(0, 4), weightGradient, 1e-6);
    const twice = several.slice(0, 8).map((gradient) => -2 * gradient);
    expectClose('second filter', several.slice(8), twice, 1e-6);
  });

  test('prints the update, by the layers and by a worker', () => {
    const heading = 'The same with layers, and the update w ← w − η · ∂E/∂w';
    const { weightGradient, inputGradient } = worked.exact;
    expectPrinted(heading, 'E$', [0.0425]);
    expectPrinted(heading, 'gradient of the kernel', weightGradient);
    expectPrinted(heading, 'gradient at the input', inputGradient);
    const updated = worked.kernel.data.map((w, i) => w - 0.5 * (weightGradient[i] as number));
    expectPrinted(heading, 'kernel after one step', updated);
    expect(printed(heading, 'E after')[0]).toBeLessThan(0.0425);
    expect(printed('The same step in a worker thread', 'kernel')).toEqual(printed(heading, 'kernel after one step'));
  });
});

describe('2, your own layer', () => {
  const cases: readonly LayerCase[] = [
    { title: 'planes', layer: layerScale(), input: [3, 2, 5], output: [3, 2, 5], parameters: { gamma: [3] } },
    {
      title: 'features',
      layer: layerScale({ initialScale: -2 }),
      input: [7],
      output: [7],
      parameters: { gamma: [7] },
    },
  ];

  test.each(cases)('conforms, over $title', (layerCase) => {
    checkShapes(layerCase);
    checkReference(layerCase);
    checkKernels(layerCase);
    checkClone(layerCase);
  });

  test('checks its option', () => {
    expect(() => layerScale({ initialScale: Number.NaN })).toThrow(/^Given initialScale: NaN; expected/);
  });

  test('is trained by workers to the bits of one thread', { timeout: 60_000 }, () => {
    const { status, stdout, stderr } = run('2');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const printed = (heading: string, title: string) => numbersIn(stdout, heading, title);
    expect(printed('The layer', 'y')).toEqual([2, 4, 6, -5, -10, -15]);
    expect(printed('The layer', '∂E/∂x')).toEqual([2, 2, 2, -0.5, -0.5, -0.5]);
    expect(printed('The layer', '∂E/∂γ')).toEqual([6, 60]);

    const losses = [...stdout.matchAll(/^epoch \d, loss (.+)$/gm)].map(([, loss]) => Number(loss));
    expect(losses).toHaveLength(3);
    expect(losses[2]).toBeLessThan((losses[0] as number) / 3);
    const gamma = printed('Training with three workers', 'γ');
    expect(gamma).toHaveLength(6);
    expect(gamma).not.toContain(0.1);
    expect(printed('Training on one thread', 'γ')).toEqual(gamma);
    expect(stdout).toMatch(/\n9 parameters; 0 of them differ in a bit\n$/);
  });
});
