// Runs every merge layer through the conformance checks, and shows that the checks reject merge layers that are wrong.
import { identity } from '@convoy/kernels';
import {
  add,
  type CompiledLayer,
  concat,
  defineLayer,
  graph,
  type Layer,
  multiply,
  relu,
  sigmoid,
  tanh,
} from '@convoy/layers';
import { definitionOf } from '@convoy/layers/compile';
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
  type MergeCase,
  type MergeSurroundings,
} from './merge-layers.ts';

type AnyDefinition = ReturnType<typeof definitionOf>;

const planes: Shape = [3, 4, 5];

const mergeCases: readonly MergeCase[] = [
  { title: 'add of two', layer: add(), inputs: [planes, planes], output: planes },
  { title: 'add of three', layer: add(), inputs: [planes, planes, planes], output: planes },
  { title: 'add of features', layer: add(), inputs: [[5], [5]], output: [5] },
  { title: 'multiply of two', layer: multiply(), inputs: [planes, planes], output: planes },
  { title: 'multiply of three', layer: multiply(), inputs: [planes, planes, planes], output: planes },
  { title: 'multiply of features', layer: multiply(), inputs: [[5], [5]], output: [5] },
  { title: 'multiply by a plane of 1×1', layer: multiply(), inputs: [planes, [3, 1, 1]], output: planes },
  { title: 'multiply by features', layer: multiply(), inputs: [planes, [3]], output: planes },
  {
    title: 'multiply of features, then planes, 1×1 planes and planes again',
    layer: multiply(),
    inputs: [[7], [7, 3, 2], [7, 1, 1], [7, 3, 2]],
    output: [7, 3, 2],
  },
  { title: 'concat of two', layer: concat(), inputs: [planes, planes], output: [6, 4, 5] },
  {
    title: 'concat of three with different numbers of channels',
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

const alike = mergeCases.filter(({ inputs: [first = [], ...others] }) => others.every((s) => sameShape(s, first)));
/** Merge layers with kernels for their gradients. */
const computing = mergeCases.filter(({ layer }) => !definitionOf(layer).passesGradient);

/** A full block and a masked one, in one shard. */
const SOME_SAMPLES = [13];

/** Smooth branches, which may fuse their activations. The merge layer may fuse the activation after it, and the layer after that its derivative. */
const between = (activation: Layer): MergeSurroundings => ({ before: [sigmoid()], after: [activation, carry()] });
const beside = (activation: Layer): MergeSurroundings => ({ before: [carry(), tanh()], after: [activation] });

describe.each(mergeCases)('$title', (mergeCase) => {
  test('shapes', () => checkShapes(mergeCase));
  test('gradients of the reference', () => checkReference(mergeCase));
  test('kernels', () => checkKernels(mergeCase));
  test.each([relu(), sigmoid(), tanh()])('kernels with $type after it', (activation) => {
    checkKernels(mergeCase, between(activation), SOME_SAMPLES);
    checkKernels(mergeCase, beside(activation), SOME_SAMPLES);
  });
  test('structured clone', () => checkClone(mergeCase));
});

describe.each(alike)('$title, all of the same value', (mergeCase) => {
  test('kernels', () => {
    checkTwice(mergeCase);
    checkTwice(mergeCase, between(relu()), SOME_SAMPLES);
    checkTwice(mergeCase, beside(sigmoid()), SOME_SAMPLES);
  });
});

describe('the checks reject', () => {
  test.each(mergeCases)('a wrong sign at any input in the reference of $title', (mergeCase) => {
    for (const wrong of mergeCase.inputs.keys()) {
      const flipped = changed(mergeCase, ({ reference }) => ({
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

  test.each(mergeCases)('$title without one of its kernels', (mergeCase) => {
    const silent = recompiled(mergeCase, (compiled) => ({ ...compiled, forward: [] }));
    expect(() => checkKernels(silent, alone, SOME_SAMPLES)).toThrow('outputs of');
    let calls = definitionOf(mergeCase.layer).passesGradient ? 0 : 1;
    for (let missing = 0; missing < calls; missing++) {
      const incomplete = recompiled(mergeCase, ({ forward, backward }) => {
        calls = backward().length;
        return { forward, backward: () => backward().toSpliced(missing, 1) };
      });
      expect(() => checkKernels(incomplete, alone, SOME_SAMPLES)).toThrow('gradient of');
    }
  });

  test.each(computing)('$title when it swaps the gradients of its inputs', (mergeCase) => {
    const { inputs } = mergeCase;
    const mixed = changed(mergeCase, ({ compile }) => ({
      compile(settings, context) {
        const gradients = context.inputs.map(({ gradient }) => gradient);
        const turned = context.inputs.map((input, i) => ({ ...input, gradient: gradients[(i + 1) % inputs.length] }));
        return compile?.(settings, { ...context, inputs: turned }) as CompiledLayer;
      },
    }));
    expect(() => checkKernels(mixed, alone, SOME_SAMPLES)).toThrow('gradient of');
  });

  test.each(mergeCases)('$title when it leaves out the activation after it', (mergeCase) => {
    const deaf = changed(mergeCase, ({ compile }) => ({
      compile: (settings, context) => compile?.(settings, { ...context, activation: identity }) as CompiledLayer,
    }));
    expect(() => checkKernels(deaf, between(tanh()), SOME_SAMPLES)).toThrow('of 13 samples');
  });

  test.each(computing)('$title when it claims to pass its gradient', (mergeCase) => {
    const wrong = changed(mergeCase, () => ({ passesGradient: true }));
    expect(() => checkKernels(wrong, alone, SOME_SAMPLES)).toThrow('gradient of');
  });

  test('other shapes than the table has', () => {
    const [mergeCase] = mergeCases as [MergeCase];
    expect(() => checkShapes({ ...mergeCase, output: [6, 4, 5] })).toThrow('output shape');
  });
});

describe('inputs that do not fit', () => {
  const outputShapeOf = (layer: Layer, ...shapes: readonly Shape[]) =>
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
    expectConvoyError(() => outputShapeOf(layer, ...shapes), 'CONVOY_SHAPE_MISMATCH', `inputs of shape ${given}`),
  );

  test.each([add(), multiply(), concat()])('$type of a single input', (layer) =>
    expectConvoyError(
      () => graph({ input: [3] }, (input) => input.to(layer)),
      'CONVOY_INVALID_OPTION',
      `to layer '${layer.type}_1' 1 input`,
    ),
  );
});

/** The same merge layer with part of its definition changed. */
function changed(mergeCase: MergeCase, change: (definition: AnyDefinition) => Partial<AnyDefinition>): MergeCase {
  const { settings } = mergeCase.layer;
  const definition = definitionOf(mergeCase.layer);
  const describe = defineLayer({
    ...definition,
    ...change(definition),
    type: 'changed',
    settings: () => settings,
  });
  return { ...mergeCase, layer: describe({}) };
}

/** The same merge layer with other calls of its kernels. */
function recompiled(mergeCase: MergeCase, change: (compiled: CompiledLayer) => CompiledLayer): MergeCase {
  return changed(mergeCase, ({ compile }) => ({
    compile: (settings, context) => change(compile?.(settings, context) as CompiledLayer),
  }));
}
