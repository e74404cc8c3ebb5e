import { describe, expect, test } from 'vitest';
import { createSharedBuffer, createSharedMemory, describeBytes, MAX_MEMORY_BYTES, PAGE_BYTES } from '../src/memory.ts';
import { withCode } from './ops/numbers.ts';

const need = { what: 'a model', bytes: 5 * 2 ** 30, details: 'for its parameters', fix: 'Make the model smaller.' };

test('shared memory has whole pages of zeros', () => {
  const { buffer } = createSharedMemory({ ...need, bytes: PAGE_BYTES + 1 });
  expect(buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(buffer.byteLength).toBe(2 * PAGE_BYTES);
  expect(new Uint8Array(buffer).every((byte) => byte === 0)).toBe(true);
});

test('a memory beyond 32-bit addresses is a ConvoyError', () => {
  const create = () => createSharedMemory(need);
  expect(create).toThrow(withCode('CONVOY_OUT_OF_MEMORY'));
  expect(create).toThrow(
    'Given a model that needs 5 GiB for its parameters; ' +
      'expected no more than the machine has free in one piece, and at most 4 GiB. Make the model smaller.',
  );
});

test('a buffer that cannot be allocated is a ConvoyError with the cause', () => {
  expect(createSharedBuffer({ what: 'data', bytes: 12, fix: '' }).byteLength).toBe(12);
  const create = () => createSharedBuffer({ what: 'data', bytes: 2 ** 60, fix: 'Use fewer samples.' });
  expect(create).toThrow(withCode('CONVOY_OUT_OF_MEMORY'));
  expect(create).toThrow('expected no more than the machine has free in one piece. Use fewer samples.');
  expect(create).toThrow(expect.objectContaining({ cause: expect.any(RangeError) }));
});

describe('describeBytes', () => {
  test.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1 KiB'],
    [1025, '1.1 KiB'],
    [1.5 * 2 ** 20, '1.5 MiB'],
    [2 ** 30 - 1, '1024 MiB'],
    [MAX_MEMORY_BYTES, '4 GiB'],
    [MAX_MEMORY_BYTES + 1, '4.1 GiB'],
    [2 ** 45, '32768 GiB'],
  ])('%d: %s', (bytes, text) => {
    expect(describeBytes(bytes)).toBe(text);
  });
});
