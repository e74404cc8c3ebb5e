// Runs every join through its conformance harness, and shows that the harness rejects joins that are wrong.
import { identity } from '@convoy/kernels';
import {
  add,
  type CompiledLayer,
  concat,
  defineMergeLayer,
  definitionOf,
  graph,
  type Layer,
  type LayerDefinition,
  multiply,
  relu,
  sigmoid,
  tanh,
} from '@convoy/layers';
import { type Shape, sameShape } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { carry } from './carry.ts';
import { expectConvoyError } from './expectations.ts';
import {
  alone,
  checkClone,
  checkKernels,
  checkReference,
  checkShapes,
  checkTwice,
  type JoinCase,
  type JoinSurroundings,
} from './merge-layers.ts';

const planes: Shape = [3, 4, 5];

const joinCases: readonly JoinCase[] = [
  { title: 'add of two', layer: add(), inputs: [planes, planes], output: planes },
  { title: 'add of three', layer: add(), inputs: [planes, planes, planes], output: planes },
  { title: 'add of features', layer: add(), inputs: [[5], [5]], output: [5] },
  { title: 'multiply of two', layer: multiply(), inputs: [planes, planes], output: planes },
  { title: 'multiply of three', layer: multiply(), inputs: [planes, planes, planes], output: planes },
  { title: 'multiply of features', layer: multiply(), inputs: [[5], [5]], output: [5] },
  { title: 'multiply by a plane of 1×1', layer: multiply(), inputs: [planes, [3, 1, 1]], output: planes },
  { title: 'multiply by features', layer: multiply(), inputs: [planes, [3]], output: planes },
  {
    title: 'multiply of channels first, and both kinds of factors twice',
    layer: multiply(),
    inputs: [[7], [7, 3, 2], [7, 1, 1], [7, 3, 2]],
    output: [7, 3, 2],
  },
  { title: 'concat of two', layer: concat(), inputs: [planes, planes], output: [6, 4, 5] },
  {
    title: 'concat of three with channels of their own',
    layer: concat(),
    inputs: [
      [1, 4, 5],
      [5, 4, 5],
      [2, 4, 5],
    ],
    output: [8, 4, 5],
  },
  { title: 'concat of features', layer: concat(), inputs: [[4], [3]], output: [7] },
];

const alike = joinCases.filter(({ inputs: [first = [], ...others] }) => others.every((s) => sameShape(s, first)));
/** Those with kernels for their gradients. */
const computing = joinCases.filter(({ layer }) => !definitionOf(layer).passesGradient);

/** A full block and a masked one, in one shard. */
const SOME_SAMPLES = [13];

/** Smooth branches, which may fuse their activation; the join may fuse the one behind it, and a neighbour its derivative. */
const between = (activation: Layer): JoinSurroundings => ({ before: [sigmoid()], behind: [activation, carry()] });
const beside = (activation: Layer): JoinSurroundings => ({ before: [carry(), tanh()], behind: [activation] });

describe.each(joinCases)('$title', (joinCase) => {
  test('shapes', () => checkShapes(joinCase));
  test('gradients of the reference', () => checkReference(joinCase));
  test('kernels', () => checkKernels(joinCase));
  test.each([relu(), sigmoid(), tanh()])('kernels with $type behind', (activation) => {
    checkKernels(joinCase, between(activation), SOME_SAMPLES);
    checkKernels(joinCase, beside(activation), SOME_SAMPLES);
  });
  test('structured clone', () => checkClone(joinCase));
});

describe.each(alike)('$title of the same value', (joinCase) => {
  test('kernels', () => {
    checkTwice(joinCase);
    checkTwice(joinCase, between(relu()), SOME_SAMPLES);
    checkTwice(joinCase, beside(sigmoid()), SOME_SAMPLES);
  });
});

describe('the harness rejects', () => {
  test.each(joinCases)('a wrong sign at any input in the reference of $title', (joinCase) => {
    for (const wrong of joinCase.inputs.keys()) {
      const flipped = changed(joinCase, ({ reference }) => ({
        reference: {
          ...reference,
          backward(...given) {
            const { inputs, parameters } = reference.backward(...given);
            const negated = (inputs[wrong] as Float64Array).map((x) => -x);
            return { inputs: inputs.with(wrong, negated), parameters };
          },
        },
      }));
      expect(() => checkReference(flipped)).toThrow(`at input ${wrong}`);
    }
  });

  test.each(joinCases)('$title without one of its kernels', (joinCase) => {
    const silent = recompiled(joinCase, (compiled) => ({ ...compiled, forward: [] }));
    expect(() => checkKernels(silent, alone, SOME_SAMPLES)).toThrow('outputs of');
    let calls = definitionOf(joinCase.layer).passesGradient ? 0 : 1;
    for (let missing = 0; missing < calls; missing++) {
      const incomplete = recompiled(joinCase, ({ forward, backward }) => {
        calls = backward(false).length;
        return { forward, backward: (accumulate) => backward(accumulate).toSpliced(missing, 1) };
      });
      expect(() => checkKernels(incomplete, alone, SOME_SAMPLES)).toThrow('gradient of');
    }
  });

  test.each(computing)('$title when it mixes up its inputs', (joinCase) => {
    const { inputs } = joinCase;
    const mixed = changed(joinCase, ({ compile }) => ({
      compile(settings, site) {
        const gradients = site.inputs.map(({ gradient }) => gradient);
        const turned = site.inputs.map((input, i) => ({ ...input, gradient: gradients[(i + 1) % inputs.length] }));
        return compile?.(settings, { ...site, inputs: turned }) as CompiledLayer;
      },
    }));
    expect(() => checkKernels(mixed, alone, SOME_SAMPLES)).toThrow('gradient of');
  });

  test.each(joinCases)('$title when it leaves out the activation behind it', (joinCase) => {
    const deaf = changed(joinCase, ({ compile }) => ({
      compile: (settings, site) => compile?.(settings, { ...site, activation: identity }) as CompiledLayer,
    }));
    expect(() => checkKernels(deaf, between(tanh()), SOME_SAMPLES)).toThrow('of 13 samples');
  });

  test.each(computing)('$title when it claims to pass its gradient', (joinCase) => {
    const wrong = changed(joinCase, () => ({ passesGradient: true }));
    expect(() => checkKernels(wrong, alone, SOME_SAMPLES)).toThrow('gradient of');
  });

  test('other shapes than the table has', () => {
    const [joinCase] = joinCases as [JoinCase];
    expect(() => checkShapes({ ...joinCase, output: [6, 4, 5] })).toThrow('output shape');
  });
});

describe('inputs that do not fit', () => {
  const join = (layer: Layer, ...shapes: readonly Shape[]) =>
    definitionOf(layer).outputShape(layer.settings, shapes) as never;

  test.each<[given: string, layer: Layer, shapes: readonly Shape[]]>([
    ['[3, 4, 5] and [3, 5, 4]', add(), [planes, planes, [3, 5, 4]]],
    ['[3, 4, 5] and [3, 1, 1]', add(), [planes, [3, 1, 1]]],
    ['[60] and [3, 4, 5]', add(), [[60], planes]],
    ['[3, 4, 5] and [4, 1, 1]', multiply(), [planes, [4, 1, 1]]],
    ['[3, 4, 5] and [1, 4, 5]', multiply(), [planes, planes, [1, 4, 5]]],
    ['[3, 4, 5] and [1]', multiply(), [[1], planes]],
    ['[3, 4, 5] and [3, 5, 4]', multiply(), [planes, [3, 5, 4]]],
    ['[3, 4, 5] and [3, 4, 4]', concat(), [planes, [3, 4, 4]]],
    ['[3, 4, 5] and [3]', concat(), [planes, [3]]],
  ])('%s', (given, layer, shapes) =>
    expectConvoyError(() => join(layer, ...shapes), 'CONVOY_SHAPE_MISMATCH', `inputs of shape ${given}`),
  );

  test.each([add(), multiply(), concat()])('$type of a single one', (layer) =>
    expectConvoyError(
      () => graph({ input: [3] }, (input) => input.to(layer)),
      'CONVOY_INVALID_OPTION',
      `to layer '${layer.type}_1' 1 input`,
    ),
  );
});

/** The same join with part of its definition changed. */
function changed(joinCase: JoinCase, change: (definition: LayerDefinition) => Partial<LayerDefinition>): JoinCase {
  const { settings } = joinCase.layer;
  const definition = definitionOf(joinCase.layer);
  const describe = defineMergeLayer({
    ...definition,
    ...change(definition),
    type: 'changed',
    settings: () => settings,
  });
  return { ...joinCase, layer: describe({}) };
}

/** The same join with other calls of its kernels. */
function recompiled(joinCase: JoinCase, change: (compiled: CompiledLayer) => CompiledLayer): JoinCase {
  return changed(joinCase, ({ compile }) => ({
    compile: (settings, site) => change(compile?.(settings, site) as CompiledLayer),
  }));
}
