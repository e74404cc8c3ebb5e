import { Readable } from 'node:stream';
import { tensor } from '@convoy/tensor';
import { describe, expect, it } from 'vitest';
import { fromSamples, type Sample } from '../../src/index.ts';

const errorOf = (samples: unknown, options = {}) =>
  fromSamples(samples as Iterable<Sample>, options).then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );

const input = [1, 2];

describe('fromSamples', () => {
  it('collects samples of a generator, an async generator, a list and a stream', async () => {
    function* samples() {
      for (let i = 0; i < 1000; i++) yield { input: Float32Array.of(i, -i), label: i % 3 };
    }
    async function* later() {
      for (const sample of samples()) yield sample;
    }
    const expected = Float32Array.from({ length: 2000 }, (_, i) => (i % 2 ? -(i >> 1) : i >> 1));
    for (const source of [samples(), later(), [...samples()], new Set(samples()), Readable.from(samples())]) {
      const data = await fromSamples(source);
      expect(data).toMatchObject({ length: 1000, sampleShape: [2], targets: { kind: 'labels', classes: 3 } });
      expect(data.source.samples).toEqual(expected);
      expect(data.targets.kind === 'labels' && data.targets.labels.subarray(0, 4)).toEqual(Int32Array.of(0, 1, 2, 0));
      expect(data.source.samples.buffer).toBeInstanceOf(SharedArrayBuffer);
    }
  });

  it('copies each input, so a source may use its memory again', async () => {
    const pixels = new Uint8ClampedArray(4);
    function* frames() {
      for (const label of ['dog', 'cat', 'dog']) yield { input: pixels.fill(label.charCodeAt(0)), label };
    }
    const data = await fromSamples(frames(), { sampleShape: [1, 2, 2] });
    expect(data).toMatchObject({
      sampleShape: [1, 2, 2],
      source: { samples: Uint8Array.of(100, 100, 100, 100, 99, 99, 99, 99, 100, 100, 100, 100) },
      targets: { labels: Int32Array.of(1, 0, 1), classNames: ['cat', 'dog'] },
      normalization: { scale: [1 / 255] },
    });
  });

  it('takes inputs and values in all forms', async () => {
    const data = await fromSamples([
      { input: tensor([[1], [2]]), value: 5 },
      { input: [[3], [4]], value: [6] },
      { input: Int16Array.of(5, 6), value: Float64Array.of(7) },
    ]);
    expect(data).toMatchObject({
      sampleShape: [2, 1],
      source: { samples: Float32Array.of(1, 2, 3, 4, 5, 6) },
      targets: { kind: 'values', values: Float32Array.of(5, 6, 7), shape: [1] },
    });
    const images = await fromSamples([{ input: [1], value: [[1, 2]] }]);
    expect(images.targets).toMatchObject({ shape: [1, 2] });
  });

  it('takes classes and their names', async () => {
    const samples = [{ input, label: 1 }];
    expect((await fromSamples(samples, { classes: 5 })).targets).toMatchObject({ classes: 5 });
    const classNames = ['a', 'b', 'c'];
    expect((await fromSamples(samples, { classNames })).targets).toMatchObject({ classes: 3, classNames });
    const { targets } = await fromSamples([{ input, label: 'c' }], { classNames });
    expect(targets).toMatchObject({ labels: Int32Array.of(2), classNames });
  });

  it('passes on what the source throws, and closes it after a wrong sample', async () => {
    const mine = new Error('the database is gone');
    let isClosed = false;
    async function* failing() {
      yield { input, label: 0 };
      throw mine;
    }
    function* wrong() {
      try {
        yield { input, label: 0 };
        yield { input: [1], label: 0 };
      } finally {
        isClosed = true;
      }
    }
    expect(await errorOf(failing())).toBe(mine);
    expect(await errorOf(wrong())).toMatchObject({ code: 'CONVOY_SHAPE_MISMATCH' });
    expect(isClosed).toBe(true);
  });

  const good = { input, label: 0 };
  it.each<[string, unknown, string, RegExp, object?]>([
    ['no iterable', 5, 'CONVOY_INVALID_DATA', /^5 as samples$/],
    ['a text', 'samples', 'CONVOY_INVALID_DATA', /^"samples" as samples$/],
    ['no samples', [], 'CONVOY_INVALID_DATA', /^no samples$/],
    ['no object', [good, 5], 'CONVOY_INVALID_DATA', /^5, from sample 1$/],
    ['a hole', [good, undefined], 'CONVOY_INVALID_DATA', /^undefined, from sample 1$/],
    ['another field', [{ input, target: 1 }], 'CONVOY_INVALID_OPTION', /^the option "target".*, from sample 0$/],
    ['no input', [good, { label: 1 }], 'CONVOY_INVALID_DATA', /^undefined as input, from sample 1$/],
    ['no target', [good, { input }], 'CONVOY_INVALID_DATA', /^sample 1 with neither a label nor a value$/],
    ['two targets', [{ ...good, value: 1 }], 'CONVOY_INVALID_DATA', /^sample 0 with both a label and a value$/],
    ['mixed targets', [good, { input, value: 1 }], 'CONVOY_INVALID_DATA', /^sample 1 with another kind of target/],
    ['mixed inputs', [good, { input: Uint8Array.of(1, 2), label: 0 }], 'CONVOY_INVALID_DATA', /^bytes as .* sample 1$/],
    ['another length', [good, { input: [1, 2, 3], label: 0 }], 'CONVOY_SHAPE_MISMATCH', /input of sample 1 .*\[3\]$/],
    ['another shape', [good, { input: [[1, 2]], label: 0 }], 'CONVOY_SHAPE_MISMATCH', /sample 1 .*\[1, 2\]$/],
    ['no numbers', [good, { input: ['a', 'b'], label: 0 }], 'CONVOY_INVALID_DATA', /, from sample 1$/],
    ['not finite', [good, { input: [0, Number.NaN], label: 0 }], 'CONVOY_NOT_FINITE', /^NaN in the input of sample 1/],
    ['no value', [{ input, value: Number.NaN }], 'CONVOY_NOT_FINITE', /^NaN in the value of sample 0, number 0$/],
    ['a null label', [{ input, label: null }], 'CONVOY_INVALID_LABEL', /^the label null of sample 0$/],
    ['an empty label', [{ input, label: '' }], 'CONVOY_INVALID_LABEL', /^an empty label of sample 0$/],
    ['half a label', [good, { input, label: 0.5 }], 'CONVOY_INVALID_LABEL', /^the label 0.5 of sample 1$/],
    ['a label of no class', [good, { input, label: 2 }], 'CONVOY_INVALID_LABEL', /"2" of sample 1$/, { classes: 2 }],
    ['an unknown name', [{ input, label: 'x' }], 'CONVOY_INVALID_LABEL', /"x" of sample 0$/, { classNames: ['a'] }],
    ['classes of values', [{ input, value: 1 }], 'CONVOY_INVALID_OPTION', /^classes or classNames/, { classes: 2 }],
    ['another shape', [good], 'CONVOY_SHAPE_MISMATCH', /^the input of sample 0/, { sampleShape: [3] }],
    ['an unknown option', [good], 'CONVOY_INVALID_OPTION', /^the option "shape"/, { shape: [2] }],
  ])('refuses %s', async (_, samples, code, given, options = {}) => {
    expect(await errorOf(samples, options)).toMatchObject({ code, given: expect.stringMatching(given) });
  });
});
