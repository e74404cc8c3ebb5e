// Wrong arguments of every function, and objects of another realm.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { tensor } from '@convoy/tensor';
import { afterAll, describe, expect, it } from 'vitest';
import {
  appendDurably,
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
  writeDurably,
  writeSafetensors,
} from '../src/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'convoy-'));
afterAll(() => rmSync(directory, { recursive: true }));

const path = join(directory, 'weights.safetensors');
const x = tensor([1, 2]);

describe('wrong arguments', () => {
  it.each([null, undefined, 5, [], [['x', x]], x, new Map([[5, x]]), { x: new Float32Array(2) }, { x: null }])(
    '%j as tensors',
    async (tensors) => {
      expect(() => encodeSafetensors(tensors as never)).toThrow(
        expect.objectContaining({ code: 'CONVOY_INVALID_DATA' }),
      );
      await expect(writeSafetensors(path, tensors as never)).rejects.toMatchObject({ code: 'CONVOY_INVALID_DATA' });
    },
  );

  it.each([null, 5, 'a', [], new Map(), { epoch: 3 }])('%j as metadata', async (metadata) => {
    expect(() => encodeSafetensors({ x }, metadata as never)).toThrow(
      expect.objectContaining({ code: 'CONVOY_INVALID_DATA' }),
    );
    await expect(writeSafetensors(path, { x }, metadata as never)).rejects.toMatchObject({
      code: 'CONVOY_INVALID_DATA',
    });
  });

  it.each([undefined, null, 5, '', {}])('%j as a path', async (wrong) => {
    const refusal = { code: 'CONVOY_INVALID_OPTION', given: expect.stringMatching(/^path: /) };
    await expect(readSafetensors(wrong as never)).rejects.toMatchObject(refusal);
    await expect(writeSafetensors(wrong as never, { x })).rejects.toMatchObject(refusal);
    await expect(writeDurably(wrong as never, new Uint8Array(1))).rejects.toMatchObject(refusal);
    await expect(appendDurably(wrong as never, 'a')).rejects.toMatchObject(refusal);
  });

  it.each([null, 5, [], { share: true }, { shared: 'yes' }])(
    '%j as the options of readSafetensors',
    async (options) => {
      await expect(readSafetensors(path, options as never)).rejects.toMatchObject({ code: 'CONVOY_INVALID_OPTION' });
    },
  );

  it.each([null, undefined, 'bytes', new ArrayBuffer(8), [1, 2], new Float32Array(2)])('%j as bytes', async (bytes) => {
    expect(() => decodeSafetensors(bytes as never)).toThrow(expect.objectContaining({ code: 'CONVOY_INVALID_DATA' }));
    const content = Array.isArray(bytes) ? [bytes] : bytes;
    await expect(writeDurably(path, content as never)).rejects.toMatchObject({ code: 'CONVOY_INVALID_DATA' });
  });
});

it('maps, bytes and metadata of another realm are as good', async () => {
  const foreign = <T>(code: string, globals: object): T => runInNewContext(code, globals);
  const bytes = encodeSafetensors(foreign("new Map([['x', x]])", { x }), foreign("({ step: '7' })", {}));
  const { tensors, metadata } = decodeSafetensors(foreign('new Uint8Array(bytes)', { bytes }));
  expect(tensors.get('x')).toEqual(x);
  expect(metadata).toEqual({ step: '7' });
  await writeDurably(path, foreign('[new Uint8Array(bytes)]', { bytes }));
  expect((await readSafetensors(path)).tensors.get('x')).toEqual(x);
});
