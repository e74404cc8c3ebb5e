// The table of synonyms, compared with the options that the sources of all packages declare.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { adviceFor, synonyms } from '../../src/checks/option-advice.ts';

const PACKAGES = new URL('../../../', import.meta.url);

/** The members of all interfaces and types whose names end in Options, Range or Callback. */
function declaredOptions(): ReadonlySet<string> {
  const sources = readdirSync(PACKAGES, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /^\w+\/src\/.*\.ts$/.test(path),
  );
  const declarations = sources.flatMap((path) => [
    ...readFileSync(new URL(path, PACKAGES), 'utf8').matchAll(
      /(?:interface|type) \w*(?:Options|Range|Callback)\b[^{;]*\{(.*?)\n\}/gs,
    ),
  ]);
  const members = declarations.flatMap(([, body = '']) => [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)]);
  return new Set(members.map(([, name = '']) => name));
}

const declared = declaredOptions();

test('the sources declare options', () => {
  expect(declared).toContain('kernelSize');
  expect(declared).toContain('onEpochEnd');
  expect(declared).toContain('globalClipNorm');
});

test.each(Object.entries(synonyms))('%s stands for %j, which are options', (synonym, names) => {
  expect(names.filter((name) => !declared.has(name))).toEqual([]);
  for (const name of names) expect(adviceFor(synonym, [name])).toBe(`Use ${name}.`);
});

test.each([
  ['alpha', ['alpha'], 'Use alpha.'],
  ['alpha', ['negativeSlope'], 'Use negativeSlope.'],
  ['alpha', ['rho', 'momentum'], 'Use rho.'],
  ['stddev', ['mean', 'deviation'], 'Use deviation.'],
  ['T_max', ['decaySteps'], 'Use decaySteps.'],
  ['step_size', ['steps', 'decaySteps'], 'Use decaySteps.'],
  ['input_shape', ['input'], 'Use input.'],
  ['input_shape', ['units'], 'Give the shape of one sample to the model: sequential({ input: [1, 28, 28] }, …).'],
  ['affine', ['scale', 'offset'], 'Use scale and offset: each may be false.'],
  ['center', ['scale', 'offset'], 'Use offset.'],
  ['betas', ['beta1', 'beta2'], 'Use beta1 and beta2.'],
  ['num_features', ['epsilon'], 'Leave it out: the layer takes the number of channels from its input.'],
])('%s with %j', (unknown, known, advice) => expect(adviceFor(unknown, known)).toBe(advice));
