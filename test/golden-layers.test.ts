// Compares every layer and every loss, with each of their options, with PyTorch. golden/layers/make.py made the files.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '@convoy/formats';
import type { Layer, Loss } from '@convoy/layers';
import { Tensor } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { layerExportsFrom } from './exports.ts';
import { type Case, type Description, type LossDescription, make, type Results, resultsOf } from './golden-cases.ts';
import { relativeDifference } from './golden-numbers.ts';

/** Relative to the greatest number of a tensor. */
const TOLERANCE = 2e-6;
/** Layers that are random in training, where they are compared only with a rate of 0. */
const RANDOM = ['dropout', 'spatialDropout2d'];

const INITIALIZED =
  'cases set every parameter; initializers draw other numbers than PyTorch, from the same distributions';
/** Options that have the same value in all cases, with the reason. */
const NOT_COMPARED: Readonly<Record<string, string>> = {
  'avgPool2d: dilations': 'is always 1: neither Convoy nor PyTorch has this option',
  'conv2d: biasInitializer': INITIALIZED,
  'conv2d: kernelInitializer': INITIALIZED,
  'conv2dTranspose: biasInitializer': INITIALIZED,
  'conv2dTranspose: kernelInitializer': INITIALIZED,
  'dense: biasInitializer': INITIALIZED,
  'dense: kernelInitializer': INITIALIZED,
  'prelu: slopeInitializer': INITIALIZED,
};

const folder = new URL('golden/layers/', import.meta.url);

/** The relative difference of each result. */
function differences(actual: Results, expected: Results): Map<string, number> {
  expect(
    [...actual].map(([name, { shape }]) => [name, shape]),
    'results and their shapes',
  ).toEqual([...expected].map(([name, { shape }]) => [name, shape]));
  return new Map(
    [...expected].map(([name, { data }]) => [name, relativeDifference((actual.get(name) as Tensor).data, data)]),
  );
}

const families = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''));

const readFamily = async (family: string) => {
  const cases: Case[] = JSON.parse(readFileSync(new URL(`${family}.json`, folder), 'utf8'));
  const { tensors } = await readSafetensors(fileURLToPath(new URL(`${family}.safetensors`, folder)));
  return cases.map((golden) => {
    const prefix = `${golden.name}/`;
    const own = [...tensors].filter(([name]) => name.startsWith(prefix));
    return { golden, expected: new Map(own.map(([name, tensor]) => [name.slice(prefix.length), tensor])) };
  });
};

const golden = await Promise.all(families.map(async (family) => ({ family, cases: await readFamily(family) })));

describe.each(golden)('$family', ({ cases }) => {
  let worst = { name: '', difference: 0 };

  test.each(cases)('$golden.name', ({ golden, expected }) => {
    const { tolerance = TOLERANCE, reason } = golden;
    if (tolerance > TOLERANCE) expect(reason, 'why the tolerance is larger').toBeTruthy();
    for (const [name, difference] of differences(resultsOf(golden, expected), expected)) {
      expect(difference, name).toBeLessThanOrEqual(tolerance);
      if (difference >= worst.difference) worst = { name: `${golden.name}/${name}`, difference };
    }
  });

  test('the greatest difference from PyTorch', async ({ annotate }) => {
    await annotate(`${worst.difference.toExponential(1)} of the greatest number: ${worst.name}`);
  });

  test('a wrong number in any result is found', () => {
    const { golden, expected } = cases[0] as (typeof cases)[number];
    const actual = resultsOf(golden, expected);
    for (const [name, { data, shape }] of expected) {
      const wrong = data.slice();
      wrong[wrong.length - 1] = (wrong.at(-1) as number) + 1e-5 * Math.max(...data.map(Math.abs));
      const found = differences(actual, new Map(expected).set(name, new Tensor(wrong, shape)));
      expect(found.get(name), name).toBeGreaterThan(golden.tolerance ?? TOLERANCE);
    }
  });
});

/** The options that have the same value, given or by default, in all cases of a layer or a loss. */
function optionsOfOneValue(descriptions: readonly Description[]): string[] {
  const settings = descriptions.map((one): object => make<Layer | Loss>(one).settings);
  const values = settings.map(
    (own) => new Map(Object.entries(own).map(([key, value]) => [key, JSON.stringify(value)])),
  );
  const options = new Set(values.flatMap((own) => [...own.keys()]));
  return [...options].filter((option) => new Set(values.map((own) => own.get(option))).size === 1);
}

describe('every function has a case', () => {
  const cases = golden.flatMap(({ cases }) => cases.map(({ golden }) => golden));
  const ofLayers = cases.flatMap((golden) => ('layer' in golden ? [golden.layer] : []));
  const ofLosses = cases.flatMap((golden): readonly LossDescription[] => {
    if ('losses' in golden) return golden.losses;
    return 'loss' in golden ? [golden.loss] : [];
  });
  const typesOf = (descriptions: readonly { readonly type: string }[]) =>
    [...new Set(descriptions.map(({ type }) => type))].toSorted();

  test('of the layers', () => expect(typesOf(ofLayers)).toEqual(layerExportsFrom('layers').toSorted()));

  test('of the losses', () => expect(typesOf(ofLosses)).toEqual(layerExportsFrom('losses').toSorted()));

  test('with gradients, and only in evaluation if training is random', () => {
    const ofKind = (inEvaluation: boolean) =>
      cases.flatMap((one) => ('layer' in one && 'evaluation' in one === inEvaluation ? [one.layer] : []));
    expect(typesOf(ofKind(false))).toEqual(typesOf(ofLayers));
    expect(typesOf(ofKind(true))).toEqual(RANDOM);
  });

  test('with each option', () => {
    const plain = ofLosses.filter((one) => !('loss' in one)) as readonly Description[];
    const all = [...ofLayers, ...plain];
    const sameEverywhere = typesOf(all).flatMap((type) =>
      optionsOfOneValue(all.filter((one) => one.type === type)).map((option) => `${type}: ${option}`),
    );
    expect(sameEverywhere.toSorted()).toEqual(Object.keys(NOT_COMPARED).toSorted());
  });
});
