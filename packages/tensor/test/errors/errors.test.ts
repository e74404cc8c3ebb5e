import { readFile } from 'node:fs/promises';
import { createContext, runInContext } from 'node:vm';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { ConvoyError, type ConvoyErrorData, errorCatalogue, isConvoyError } from '../../src/errors/errors.ts';
import { fileError } from '../../src/errors/file-error.ts';

const details = { given: 'filters: 0', expected: 'a whole number of 1 or more', fix: 'Pass filters: 1.' };

/** Sends a value through a real message port, like a worker. */
function throughPort(value: unknown): unknown {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(value);
  const received = receiveMessageOnPort(port2)?.message;
  port1.close();
  return received;
}

describe('ConvoyError', () => {
  it('builds its message from what was given, what was expected and how to fix it', () => {
    const error = new ConvoyError('CONVOY_INVALID_OPTION', details);
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toBe('Given filters: 0; expected a whole number of 1 or more. Pass filters: 1.');
    expect(error).toMatchObject({ name: 'ConvoyError', code: 'CONVOY_INVALID_OPTION', ...details });
    expect('cause' in error).toBe(false);
    expect(error.stack).toMatch(/^ConvoyError: Given filters: 0;/);
  });

  it('reaches another thread with its code, texts, stack and causes', () => {
    const root = new RangeError('out of memory');
    const middle = new ConvoyError('CONVOY_OUT_OF_MEMORY', { ...details, cause: root });
    const error = new ConvoyError('CONVOY_WORKER_FAILED', { ...details, cause: middle });

    const received = ConvoyError.fromJSON(throughPort(error.toJSON()) as ConvoyErrorData);

    expect(received).toBeInstanceOf(ConvoyError);
    expect(received).toMatchObject({
      code: 'CONVOY_WORKER_FAILED',
      message: error.message,
      stack: error.stack,
      ...details,
    });
    expect(received.cause).toBeInstanceOf(ConvoyError);
    expect(received.cause).toMatchObject({ code: 'CONVOY_OUT_OF_MEMORY', stack: middle.stack });
    expect((received.cause as Error).cause).toMatchObject({
      name: 'RangeError',
      message: 'out of memory',
      stack: root.stack,
    });
  });

  it('rejects what is no code and no details', () => {
    for (const wrong of [undefined, null, {}, { given: 'x', expected: 'y' }, { ...details, fix: 7 }]) {
      expect(() => new ConvoyError('CONVOY_ABORTED', wrong as never)).toThrow(
        expect.objectContaining({ code: 'CONVOY_INVALID_OPTION' }),
      );
      expect(() => ConvoyError.fromJSON(wrong as never)).toThrow('expected what the toJSON of a ConvoyError returns');
    }
    expect(() => new ConvoyError(7 as never, details)).toThrow('Given the code 7;');
  });

  it('is recognized in another copy of the module, and as data', async () => {
    vi.resetModules();
    const other = await import('../../src/errors/errors.ts');
    const foreign = new other.ConvoyError('CONVOY_ABORTED', details);
    expect(foreign).not.toBeInstanceOf(ConvoyError);
    expect([foreign, foreign.toJSON()].map(isConvoyError)).toEqual([true, true]);
    expect([null, {}, new Error('x'), { ...details, name: 'ConvoyError' }].map(isConvoyError)).toEqual(
      Array(4).fill(false),
    );
  });

  it('survives JSON', () => {
    const error = new ConvoyError('CONVOY_ABORTED', details);
    expect(ConvoyError.fromJSON(JSON.parse(JSON.stringify(error))).toJSON()).toEqual(error.toJSON());
  });

  it('has causes that are not errors, and cyclic chains of causes', () => {
    expect(new ConvoyError('CONVOY_ABORTED', { ...details, cause: 7n }).toJSON().cause).toEqual({
      name: 'Error',
      message: '7n',
    });
    const circular = new Error('circular');
    circular.cause = circular;
    const data = new ConvoyError('CONVOY_ABORTED', { ...details, cause: circular }).toJSON();
    expect(data.cause?.cause?.message).toBe('circular');
    expect(JSON.stringify(data).length).toBeLessThan(100_000);
  });

  it('describes every code of the catalogue in a sentence', () => {
    for (const [code, description] of Object.entries(errorCatalogue)) {
      expect(code).toMatch(/^CONVOY_[A-Z]+(_[A-Z]+)*$/);
      expect(description).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe('fileError', () => {
  const failure = (code: string) => Object.assign(new Error(`${code}: failure`), { code });

  it('tells absence, unreadable files and unwritable files apart', () => {
    expect(fileError('read', 'a', failure('ENOENT')).code).toBe('CONVOY_FILE_NOT_FOUND');
    expect(fileError('read', 'a', failure('EACCES')).code).toBe('CONVOY_FILE_UNREADABLE');
    expect(fileError('write', 'a', failure('ENOENT')).code).toBe('CONVOY_FILE_UNWRITABLE');
  });

  it('takes errors of another realm for what they are', async () => {
    const context = createContext({ readFile });
    const cause = await runInContext(
      "readFile('/absent').catch((e) => Object.assign(new Error(e.message), e))",
      context,
    );
    expect(cause).not.toBeInstanceOf(Error);
    const error = fileError('read', '/absent', cause);
    expect(error).toMatchObject({ code: 'CONVOY_FILE_NOT_FOUND', cause });
    expect(error.given).toContain('for which the file system reports ENOENT: no such file or directory');
    expect(error.fix).toMatch(/^Check the spelling/);
    for (const strange of [undefined, null, 'text', { code: 7 }, { message: 7 }]) {
      expect(fileError('read', 'a', strange)).toMatchObject({ code: 'CONVOY_FILE_UNREADABLE' });
    }
  });

  it('names the path and keeps the cause', () => {
    const cause = failure('EISDIR');
    const error = fileError('read', 'data/x', cause);
    expect(error.message).toContain('"data/x"');
    expect(error.message).toContain('This is a directory');
    expect(error.cause).toBe(cause);
  });
});
