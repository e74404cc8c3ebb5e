// Vectors of 256 bits compute the bits of strict ones, and are refused where that is not certain.
import v8 from 'node:v8';
import { createDataset } from '@convoy/datasets';
import { lenet5, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { compilePlan } from '@convoy/layers/compile';
import { sizeOf } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import { describe, expect, it, vi } from 'vitest';
import { compileModule } from '../src/simd/plan-module.ts';
import { compileWide, wideObstacle } from '../src/simd/wide-module.ts';
import { hashOf } from './bits.ts';
import { expectRefusal } from './refusal.ts';
import { learned, learnedFor } from './single-thread.ts';
import { classifier, exchangingClassifier, images, randomBytes, randomLabels } from './small-cases.ts';
import { threadsDuring, until } from './threads.ts';

const isHere = wideObstacle() === undefined;

const digits = {
  model: lenet5(),
  loss: softmaxCrossEntropy(),
  optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
  batchSize: 32,
  seed: 3,
};

const handwritten = createDataset({
  sampleShape: digits.model.input,
  inputs: randomBytes(200 * sizeOf(digits.model.input), 256, 'digits'),
  targets: randomLabels(200, 10),
  normalization: { scale: [1 / 50], offset: [-2.5] },
});

const tested = { ...classifier, plan: compilePlan(classifier.model, classifier) };
const { module } = tested.plan;

/** Compiles with `compile` in place of V8's wide vectors. */
const compiledBy = async (compile: () => WebAssembly.Module) =>
  compileModule(tested, 'wide', undefined, { host: { arch: 'x64', versions: { v8: '14.6' } }, compile });

describe.runIf(isHere)("simd: 'wide'", () => {
  it.each([
    { what: 'LeNet-5', options: digits, data: handwritten },
    { what: 'batch normalization and dropout', options: exchangingClassifier, data: images(150) },
  ])('gives the bits of one strict thread: $what', async ({ options, data }) => {
    const expected = hashOf(learned(options, data, { epochs: 2 }));
    for (const simd of ['strict', 'wide'] as const) {
      await using trainer = await createTrainer({ ...options, workers: 2, simd });
      await trainer.fit(data, { epochs: 2 });
      expect(hashOf(trainer), simd).toBe(expected);
    }
  });

  it('continues with the same bits after threads have died', async () => {
    const data = images(160);
    await threadsDuring(async (living) => {
      await using trainer = await createTrainer({ ...classifier, workers: 2, maxFailures: 9, simd: 'wide' });
      const running = trainer.fit(data, { epochs: 60 });
      for (const step of [20, 120]) {
        await until(() => trainer.step >= step);
        void [...living][0]?.terminate();
      }
      await running;
      expect(hashOf(trainer)).toBe(hashOf(learnedFor(300, classifier, data)));
    });
  });
});

describe.runIf(!isHere)("simd: 'wide' where it is not available", () => {
  it('is refused', async () => {
    const creating = createTrainer({ ...classifier, workers: 1, simd: 'wide' });
    await expectRefusal(creating, 'CONVOY_WIDE_UNAVAILABLE', /simd: 'wide' and (V8|a processor)/);
  });
});

describe('the self-test', () => {
  it('accepts a module that computes the same bits, and returns it', async () => {
    const same = new WebAssembly.Module(module);
    expect(await compiledBy(() => same)).toBe(same);
  });

  it('clears memory that it was lent', () => {
    const pages = 64;
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const compiler = { host: { arch: 'x64', versions: { v8: '14.6' } }, compile: () => new WebAssembly.Module(module) };
    compileModule(tested, 'wide', memory, compiler);
    expect(new Float64Array(memory.buffer).every((number) => number === 0)).toBe(true);
  });

  it('refuses modules in which one multiplication became an addition', async () => {
    const planted = [...multiplications(module)].filter((_, i) => i % 3 === 0);
    expect(planted.length).toBeGreaterThan(50);
    let refused = 0;
    for (const at of planted) {
      const wrong = module.slice();
      wrong[at] = F32X4_ADD;
      const outcome: unknown = await compiledBy(() => new WebAssembly.Module(wrong)).catch((error) => error);
      if (outcome instanceof WebAssembly.Module) continue;
      refused++;
      expect(outcome).toMatchObject({
        code: 'CONVOY_WIDE_UNAVAILABLE',
        given: expect.stringMatching(/a self-test that found other bits after step \d$/),
      });
    }
    // The others are in lanes whose results nothing uses: the last features of a dense layer do not fill a vector.
    expect(refused / planted.length).toBeGreaterThan(0.85);
  });
});

describe('a host whose V8 cannot make wide vectors', () => {
  it.each([
    ['x64', '11.3.244.8-node.33', 'V8 11.3.244.8-node.33'],
    ['x64', '12.4.254.21', 'V8 12.4.254.21'],
    ['arm64', '14.6.202.9', 'a processor of the architecture arm64'],
    ['x64', '13.6.233.17', undefined],
  ])('is recognized: %s with V8 %s', async (arch, version, obstacle) => {
    const host = { arch, versions: { v8: version } };
    expect(wideObstacle(host)).toBe(obstacle);
    if (obstacle === undefined) return;
    const compile = () => expect.fail('It must not be tried.');
    const compiling = async () => compileModule(tested, 'wide', undefined, { host, compile });
    await expectRefusal(compiling(), 'CONVOY_WIDE_UNAVAILABLE', new RegExp(`^simd: 'wide' and ${obstacle}$`));
  });
});

describe.runIf(isHere)('the flags of V8', () => {
  it.each([
    ['a module', module],
    ['bytes that are no module', Uint8Array.of(1, 2, 3)],
  ])('are restored after %s has been compiled', (_, bytes) => {
    const set = vi.spyOn(v8, 'setFlagsFromString');
    try {
      compileWide(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(WebAssembly.CompileError);
    }
    const flags = set.mock.calls.map(([flag]) => flag);
    set.mockRestore();
    expect(flags).toEqual([
      ...['--experimental-wasm-revectorize', '--no-liftoff', '--no-wasm-lazy-compilation'],
      ...['--no-experimental-wasm-revectorize', '--liftoff', '--wasm-lazy-compilation'],
    ]);
  });
});

describe('simd', () => {
  it('is checked', async () => {
    const creating = createTrainer({ ...classifier, simd: 'wider' as 'wide' });
    await expectRefusal(creating, 'CONVOY_INVALID_OPTION', /wider/);
  });
});

const F32X4_ADD = 0xe4;
const F32X4_MULTIPLY = 0xe6;

/** The positions of the opcodes in the bytes of a module: each has a prefix before it, and the second byte of its number after it. */
function* multiplications(bytes: Uint8Array): Generator<number> {
  for (let i = 1; i < bytes.length - 1; i++) {
    if (bytes[i - 1] === 0xfd && bytes[i] === F32X4_MULTIPLY && bytes[i + 1] === 1) yield i;
  }
}
