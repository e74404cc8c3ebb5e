import { Hash } from 'node:crypto';
import { decodeSafetensors } from '@convoy/formats';
import { adam, conv2d, dense, flatten, sequential, sgd, warmUp } from '@convoy/layers';
import { ConvoyError, Tensor, zeros } from '@convoy/tensor';
import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES } from '../../../formats/src/chunks.ts';
import { encodeSnapshot } from '../../src/checkpoint/encoding.ts';
import { fromExactJson, toExactJson } from '../../src/checkpoint/exact-json.ts';
import { encodeSealed } from '../../src/checkpoint/sealed-file.ts';
import type { TrainingSnapshot } from '../../src/checkpoint/snapshot.ts';
import { expectSameTensor } from '../expectations.ts';
import { concat, fromBytes, throughBytes, toBytes } from './bytes.ts';
import { configuration, expectSameSnapshot, snapshotOf } from './snapshots.ts';

describe('a snapshot as bytes', () => {
  it('comes back with the same bits', () => {
    for (const step of [0, 1, 4_294_967_295]) expectSameSnapshot(throughBytes(snapshotOf(step)), snapshotOf(step));
  });

  it('comes back whatever the optimizer keeps, and with float64 that JSON does not know', () => {
    const plain = snapshotOf(3);
    const velocity = plain.slots.get('velocity') as ReadonlyMap<string, Tensor>;
    const snapshot: TrainingSnapshot = {
      ...plain,
      configuration: { ...configuration, optimizer: adam({ averageDecay: 0.99, clipValue: 5 }) },
      position: { ...plain.position, totals: [NaN, Infinity, -Infinity, -0, 2 ** -1074, Number.MAX_VALUE, 0.1] },
      records: [{ epoch: 1, scores: { loss: NaN }, validation: { loss: Infinity }, seconds: 1, samplesPerSecond: 0 }],
      callbacks: { empty: {}, nested: [{ a: [null, true, 'text', -0] }], '': '$number' },
      slots: new Map(['mean', 'square', 'average'].map((name) => [name, velocity])),
    };
    expectSameSnapshot(throughBytes(snapshot), snapshot);
    const withoutSlots = { ...plain, slots: new Map(), records: [], callbacks: {} };
    expectSameSnapshot(throughBytes(withoutSlots), withoutSlots);
  });

  it('shares no memory with them', () => {
    const bytes = toBytes(snapshotOf(1));
    const decoded = fromBytes(bytes, 'a test');
    bytes.fill(0);
    expectSameSnapshot(decoded, snapshotOf(1));
  });

  it('is hashed in chunks, so that no tensor is too large', () => {
    const lengths: number[] = [];
    const { update } = Hash.prototype;
    Object.assign(Hash.prototype, {
      update(this: Hash, bytes: Uint8Array) {
        lengths.push(bytes.length);
        return Reflect.apply(update, this, [bytes]);
      },
    });
    try {
      const best = zeros([CHUNK_BYTES / 4 + 1]);
      best.data.fill(7);
      const snapshot = { ...snapshotOf(1), callbacks: { mine: { best } } };
      const { mine } = throughBytes(snapshot).callbacks as typeof snapshot.callbacks;
      expectSameTensor('best', mine.best, best);
    } finally {
      Object.assign(Hash.prototype, { update });
    }
    expect(Math.max(...lengths)).toBe(CHUNK_BYTES);
  });

  it('shows its parameters to any reader of safetensors', () => {
    const { tensors } = decodeSafetensors(toBytes(snapshotOf(1)));
    expect([...tensors.keys()]).toEqual([
      'edges.kernel',
      'edges.bias',
      'dense_1.kernel',
      'dense_1.bias',
      'optimizer.velocity/edges.kernel',
      'optimizer.velocity/edges.bias',
      'optimizer.velocity/dense_1.kernel',
      'optimizer.velocity/dense_1.bias',
    ]);
    expect(tensors.get('edges.kernel')).toEqual(snapshotOf(1).parameters.get('edges.kernel'));
  });

  it('replaces functions by a mark, also inside a schedule', () => {
    const rate = () => 0.1;
    const mark = { type: 'a function', settings: {} };
    const { optimizer } = throughBytes(snapshotOf(1, { optimizer: sgd({ learningRate: rate }) })).configuration;
    expect(optimizer.settings.learningRate).toEqual(mark);
    const warm = sgd({ learningRate: warmUp({ learningRate: rate, steps: 5 }) });
    const { learningRate } = throughBytes(snapshotOf(1, { optimizer: warm })).configuration.optimizer.settings;
    expect(learningRate).toMatchObject({ type: 'warmUp', settings: { learningRate: mark } });
  });

  it('keeps the tensors of callbacks among those of the file', () => {
    const [best, mask] = [new Tensor(Float32Array.of(0.1, -0), [2]), new Tensor(Float32Array.of(NaN), [1, 1])];
    const state = { best: { 'dense_1.kernel': best }, history: [1, mask], none: [] };
    const bytes = toBytes({ ...snapshotOf(1), callbacks: { mine: state, other: { step: 3 } } });
    const { tensors } = decodeSafetensors(bytes);
    expect([...tensors.keys()].slice(8)).toEqual(['callback.mine/best/dense_1.kernel', 'callback.mine/history/1']);
    const { callbacks } = fromBytes(bytes, 'a test');
    expect(callbacks).toEqual({ mine: state, other: { step: 3 } });
    const { mine } = callbacks as { mine: typeof state };
    expectSameTensor('best', mine.best['dense_1.kernel'], best);
    expectSameTensor('mask', mine.history[1] as Tensor, mask);
  });

  it('refuses two tensors of one name, and what looks like the name of one', () => {
    const clash = { 'a/b': zeros([1]), a: { b: zeros([1]) } };
    for (const [mine, given] of [
      [clash, 'two tensors with the name "callback.mine/a/b"'],
      [{ list: [{ $tensor: 'x' }] }, 'callback.mine/list/0 with a key $tensor'],
    ] as const) {
      expect(() => encodeSnapshot({ ...snapshotOf(1), callbacks: { mine } })).toThrow(
        expect.objectContaining({ code: 'CONVOY_INVALID_DATA', given }),
      );
    }
  });

  it('refuses states it could not give back, and says where they are', () => {
    for (const [state, place] of [
      [{ best: new Float32Array(2) }, 'snapshot.callbacks.mine.best'],
      [{ list: [1, undefined] }, 'snapshot.callbacks.mine.list[1]'],
      [{ holes: new Array(2) }, 'snapshot.callbacks.mine.holes[0]'],
      [{ at: new Date(0) }, 'snapshot.callbacks.mine.at'],
      [{ call: () => 1 }, 'snapshot.callbacks.mine.call'],
      [{ $number: '1' }, 'snapshot.callbacks.mine'],
    ] as const) {
      expect(() => encodeSnapshot({ ...snapshotOf(1), callbacks: { mine: state } })).toThrow(
        expect.objectContaining({ code: 'CONVOY_INVALID_DATA', message: expect.stringContaining(`${place}:`) }),
      );
    }
  });

  it('refuses a parameter that has the name of an array of the optimizer', () => {
    const model = sequential({ input: [4] }, [
      dense({ units: 2, name: 'a' }),
      dense({ units: 2, name: 'optimizer.velocity/a' }),
    ]);
    expect(() => encodeSnapshot(snapshotOf(1, { model }))).toThrow(
      expect.objectContaining({
        code: 'CONVOY_INVALID_DATA',
        message: expect.stringContaining('optimizer.velocity/a.kernel'),
      }),
    );
  });
});

describe('exact JSON', () => {
  it('keeps keys that objects treat specially', () => {
    const value = fromExactJson('{"__proto__":{"x":1},"constructor":2}');
    expect(toExactJson('value', value)).toBe('{"__proto__":{"x":1},"constructor":2}');
  });
});

/** Well sealed files with wrong content. */
describe('decodeSnapshot', () => {
  const { tensors, metadata } = decodeSafetensors(toBytes(snapshotOf(1)));
  const { sha256: _, ...ownMetadata } = metadata;

  function refusalOf(changes: {
    tensors?: ReadonlyMap<string, Tensor>;
    metadata?: Record<string, string>;
  }): ConvoyError {
    const bytes = concat(encodeSealed(changes.tensors ?? tensors, changes.metadata ?? ownMetadata));
    try {
      fromBytes(bytes, 'the file "x"');
    } catch (error) {
      if (error instanceof ConvoyError) return error;
      throw error;
    }
    throw new Error('The file was taken.');
  }

  /** The refusal of the JSON after a replacement in its text. */
  function refusalOfJson(found: string, replacement: string): ConvoyError {
    const { convoy = '' } = ownMetadata;
    expect(convoy).toContain(found);
    return refusalOf({ metadata: { ...ownMetadata, convoy: convoy.replace(found, replacement) } });
  }

  it('names a tensor that is missing, extra, or of another shape', () => {
    const missing = new Map(tensors);
    missing.delete('optimizer.velocity/edges.bias');
    expect(refusalOf({ tensors: missing }).given).toBe('the file "x" with no tensor "optimizer.velocity/edges.bias"');
    const extra = new Map(tensors).set('more', zeros([1]));
    expect(refusalOf({ tensors: extra }).given).toBe('the file "x" with the tensor "more"');
    const reshaped = new Map(tensors).set('dense_1.bias', zeros([2, 2]));
    expect(refusalOf({ tensors: reshaped })).toMatchObject({
      code: 'CONVOY_FILE_FORMAT',
      given: 'the file "x" with shape [2, 2] of the tensor "dense_1.bias"',
      expected: 'one of shape [4]',
    });
  });

  it('names a tensor that the state of a callback lacks', () => {
    const bytes = toBytes({ ...snapshotOf(1), callbacks: { mine: { best: zeros([2]) } } });
    const { tensors, metadata } = decodeSafetensors(bytes);
    const { sha256: _, ...own } = metadata;
    tensors.delete('callback.mine/best');
    expect(refusalOf({ tensors, metadata: own }).given).toBe('the file "x" with no tensor "callback.mine/best"');
  });

  it('names another version, and files of others', () => {
    expect(refusalOf({ metadata: { ...ownMetadata, version: '1' } })).toMatchObject({
      code: 'CONVOY_FILE_FORMAT',
      given: 'the file "x" with the version "1"',
      expected: 'version 2',
    });
    expect(refusalOf({ metadata: {} }).given).toBe('the file "x" with the version undefined');
    expect(refusalOf({ metadata: { version: '2' } }).given).toContain('a description that cannot be parsed');
    expect(refusalOf({ metadata: { version: '2', convoy: 'null' } }).code).toBe('CONVOY_FILE_FORMAT');
  });

  it.each([
    ['"batchSize":32', '"batchSize":"32"', 'configuration.batchSize: "32"', 'a whole number of 1 or more'],
    ['"batchSize":32', '"batchSize":0', 'configuration.batchSize: 0', 'a whole number of 1 or more'],
    ['"batchSize":32,', '', 'configuration.batchSize: undefined', 'a whole number of 1 or more'],
    ['"batchSize":32', '"batchSize":32,"more":1', 'configuration.more: 1', 'no such field'],
    ['"step":1', '"step":-1', 'position.step: -1', 'a whole number of 0 or more'],
    ['"step":1', '"step":1.5', 'position.step: 1.5', 'a whole number of 0 or more'],
    ['"totals":[320,', '"totals":[null,', 'position.totals[0]: null', 'a number'],
    ['"shuffle":true', '"shuffle":1', 'configuration.shuffle: 1', 'true or false'],
    ['"slots":["velocity"]', '"slots":"velocity"', 'slots: "velocity"', 'a list'],
    ['"slots":["velocity"]', '"slots":[7]', 'slots[0]: 7', 'a text'],
    ['"callbacks":{', '"callbacks":[{', '', ''],
    ['"name":"edges"', '"name":5', 'configuration.model.layers[0].name: 5', 'a text'],
    ['"scores":{"loss":0.', '"scores":{"loss":[0.', '', ''],
    ['"scores":{', '"validation":7,"scores":{', 'records[0].validation: 7', 'an object'],
    ['"accuracy":0.5', '"accuracy":"0.5"', 'records[0].scores.accuracy: "0.5"', 'a number'],
  ])('refuses a description with %s changed into %s', (found, replacement, place, expected) => {
    const refusal = refusalOfJson(found, replacement);
    expect(refusal.code).toBe('CONVOY_FILE_FORMAT');
    expect(refusal.given).toContain(
      place === '' ? 'a description that cannot be parsed' : `the file "x" with ${place}`,
    );
    expect(refusal.expected).toContain(expected);
  });

  it('takes a model of layers that this process does not know', () => {
    const model = sequential({ input: [1, 4, 4] }, [conv2d({ filters: 1, kernelSize: 2 }), flatten()]);
    const foreign = structuredClone(model);
    Object.assign(foreign.layers[1] as object, { layer: { type: 'of a plug-in', settings: { a: [1] } } });
    expectSameSnapshot(throughBytes(snapshotOf(1, { model: foreign })), snapshotOf(1, { model: foreign }));
  });
});
