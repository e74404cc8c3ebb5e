// Runs every layer through the conformance checks, and shows that the checks reject layers that are wrong.
import { identity } from '@convoy/kernels';
import { type CompiledLayer, defineLayer, type Layer, type ReferenceLayer, relu, sigmoid, tanh } from '@convoy/layers';
import { definitionOf, shardBatch } from '@convoy/layers/compile';
import { describe, expect, test } from 'vitest';
import { carry } from './carry.ts';
import {
  alone,
  BATCH_SIZE,
  checkClone,
  checkKernels,
  checkReference,
  checkShapes,
  type LayerCase,
  type Surroundings,
} from './conformance.ts';
import { layerCases } from './layer-cases.ts';
import { scale } from './scale.ts';

type ReferenceGradients = ReturnType<ReferenceLayer<object>['backward']>;
type AnyDefinition = ReturnType<typeof definitionOf>;

const withKernels = layerCases.filter(({ layer }) => definitionOf(layer).compile);
const withParameters = layerCases.filter(({ parameters }) => Object.keys(parameters).length > 0);
const fusing = withKernels.filter(({ layer }) => {
  const { fusesActivation, fusesInputActivation } = definitionOf(layer);
  return fusesActivation || fusesInputActivation;
});

const negated = (numbers: Float64Array) => numbers.map((x) => -x);

/** A full block and a masked one, in one shard. */
const SOME_SAMPLES = [13];

const activations = [relu(), sigmoid(), tanh()];

/** The layer between activations that it may fuse. The layer before it applies the first one, and the layer after it the derivative of the second. */
const between = (activation: Layer): Surroundings => ({ before: [carry(), activation], after: [activation, carry()] });

/** The layer between activations that their other neighbors cannot fuse. */
const beside = (activation: Layer): Surroundings => ({ before: [activation], after: [activation] });

test('the batches of the checks have shards of two blocks', () => {
  expect(shardBatch(BATCH_SIZE).blocksPerShard).toBe(2);
});

describe.each(layerCases)('$title', (layerCase) => {
  test('shapes and parameters', () => checkShapes(layerCase));
  test('gradients of the reference', () => checkReference(layerCase));
  test('kernels', () => checkKernels(layerCase));
  test.each(activations)('kernels with $type before and after', (activation) => {
    checkKernels(layerCase, between(activation), SOME_SAMPLES);
    checkKernels(layerCase, beside(activation), SOME_SAMPLES);
  });
  test('structured clone', () => checkClone(layerCase));
});

describe('the checks reject', () => {
  test.each(layerCases)('a wrong sign in the reference of $title', (layerCase) => {
    const flippedInput = backwardChanged(layerCase, (back) => ({ ...back, inputs: back.inputs.map(negated) }));
    expect(() => checkReference(flippedInput)).toThrow('at the input');
    for (const name of Object.keys(layerCase.parameters)) {
      const flipped = backwardChanged(layerCase, ({ inputs, parameters }) => ({
        inputs,
        parameters: { ...parameters, [name]: negated(parameters[name] as Float64Array) },
      }));
      expect(() => checkReference(flipped)).toThrow(`at '${name}'`);
    }
  });

  test.each(withKernels)('$title without one of its kernels', (layerCase) => {
    const silent = recompiled(layerCase, ({ backward }) => ({ forward: [], backward }));
    expect(() => checkKernels(silent, alone, SOME_SAMPLES)).toThrow('outputs of');
    let calls = 1;
    for (let missing = 0; missing < calls; missing++) {
      const incomplete = recompiled(layerCase, ({ forward, backward }) => {
        calls = backward().length;
        return { forward, backward: () => backward().toSpliced(missing, 1) };
      });
      expect(() => checkKernels(incomplete, alone, SOME_SAMPLES)).toThrow('gradient of');
    }
  });

  test.each(withParameters)('$title when it overwrites the gradients of earlier blocks', (layerCase) => {
    const forgetful = recompiled(layerCase, ({ forward, backward }) => ({
      forward,
      backward: () => backward().map((work) => ('kernel' in work ? { ...work, laterKernel: work.kernel } : work)),
    }));
    checkKernels(forgetful, alone, [8]);
    expect(() => checkKernels(forgetful, alone, SOME_SAMPLES)).toThrow('gradient of');
  });

  test.each(fusing)('$title when it does not fuse what it claims to fuse', (layerCase) => {
    const deaf = changed(layerCase, ({ compile }) => ({
      compile: (settings, context) =>
        compile?.(settings, { ...context, activation: identity, inputActivation: identity }) as CompiledLayer,
    }));
    expect(() => checkKernels(deaf, between(tanh()), SOME_SAMPLES)).toThrow('of 13 samples');
  });

  test('other shapes and names than the table has', () => {
    const [layerCase] = layerCases as [LayerCase];
    expect(() => checkShapes({ ...layerCase, output: [1, 4, 3] })).toThrow('output shape');
    expect(() => checkShapes({ ...layerCase, parameters: { kernel: [1, 1, 2, 2] } })).toThrow('kernel');
  });

  test('settings that cannot be cloned', () => {
    const describe = defineLayer({
      ...definitionOf(relu()),
      type: 'unclonable',
      settings: () => ({ f: () => 0 }),
    });
    const shapes = { input: [3], output: [3], parameters: {} };
    expect(() => checkClone({ title: 'unclonable', layer: describe({}), ...shapes })).toThrow('could not be cloned');
  });
});

describe("a user's layer", () => {
  const scaleCase: LayerCase = {
    title: 'scale',
    layer: scale(),
    input: [2, 3],
    output: [2, 3],
    parameters: { factor: [1] },
  };

  test('conforms', () => {
    checkShapes(scaleCase);
    checkReference(scaleCase);
    checkKernels(scaleCase);
    for (const activation of activations) {
      checkKernels(scaleCase, between(activation), SOME_SAMPLES);
      checkKernels(scaleCase, beside(activation), SOME_SAMPLES);
    }
    checkClone(scaleCase);
  });

  test.each([
    ['output', 'outputs of'],
    ['inputGradient', 'at the input'],
    ['parameterGradient', "at 'scale_1.factor'"],
  ] as const)('is rejected when its %s is 0.1 %% off', (fault, message) => {
    expect(() => checkKernels({ ...scaleCase, layer: scale({ fault }) })).toThrow(message);
  });
});

/** The same layer with part of its definition changed. */
function changed(layerCase: LayerCase, change: (definition: AnyDefinition) => Partial<AnyDefinition>): LayerCase {
  const { settings } = layerCase.layer;
  const definition = definitionOf(layerCase.layer);
  const describe = defineLayer({
    ...definition,
    ...change(definition),
    type: 'changed',
    settings: () => settings,
  });
  return { ...layerCase, layer: describe({}) };
}

/** The same layer with other gradients from its reference. */
function backwardChanged(
  layerCase: LayerCase,
  change: (gradients: ReferenceGradients) => ReferenceGradients,
): LayerCase {
  return changed(layerCase, ({ reference }) => ({
    reference: { ...reference, backward: (...given) => change(reference.backward(...given)) },
  }));
}

/** The same layer with other calls of its kernels. */
function recompiled(layerCase: LayerCase, change: (compiled: CompiledLayer) => CompiledLayer): LayerCase {
  return changed(layerCase, ({ compile }) => ({
    compile: (settings, context) => change(compile?.(settings, context) as CompiledLayer),
  }));
}
