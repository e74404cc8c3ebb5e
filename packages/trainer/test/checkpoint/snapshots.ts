// Snapshots to store, and comparing them bit by bit.
import {
  accuracy,
  conv2d,
  dense,
  flatten,
  parametersOf,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from '@convoy/layers';
import { RandomStream, type Shape, sizeOf, Tensor } from '@convoy/tensor';
import { expect } from 'vitest';
import type { RunConfiguration, TrainingSnapshot } from '../../src/checkpoint/snapshot.ts';
import { expectSameTensor } from '../expectations.ts';

export const configuration: RunConfiguration = {
  model: sequential({ input: [1, 6, 6] }, [
    conv2d({ filters: 3, kernelSize: 3, name: 'edges' }),
    relu(),
    flatten(),
    dense({ units: 4 }),
  ]),
  loss: softmaxCrossEntropy(),
  optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
  metrics: [accuracy()],
  batchSize: 32,
  shards: 4,
  arithmetic: 1,
  seed: 7,
  shuffle: true,
  samples: 1000,
};

/** Numbers whose bits a careless copy changes. */
const peculiar = Float32Array.of(
  -0,
  2 ** -149,
  -(2 ** -149),
  2 ** -126 - 2 ** -149,
  Infinity,
  -Infinity,
  NaN,
  3.4028234663852886e38,
);

/** A snapshot of the given step, with numbers that no other step has. */
export function snapshotOf(step: number, changes: Partial<RunConfiguration> = {}): TrainingSnapshot {
  const changed = { ...configuration, ...changes };
  const array = (purpose: string) => {
    const random = new RandomStream(step, purpose);
    return (shape: Shape) => {
      const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => random.normal(i));
      data.set(peculiar.subarray(0, data.length));
      return new Tensor(data, shape);
    };
  };
  const specs = parametersOf(changed.model);
  return {
    configuration: changed,
    position: {
      step,
      epoch: 1,
      batch: step % 32,
      seconds: step / 3,
      totals: [320, 0.1 + 0.2],
      learningRateFactor: 0.5,
    },
    records: [{ epoch: 1, scores: { loss: 1 / 3, accuracy: 0.5 }, seconds: 0.7, samplesPerSecond: 1e4 / 3 }],
    callbacks: { earlyStopping: { best: 0.25, wait: 2 } },
    parameters: new Map(specs.map(({ name, shape }) => [name, array(name)(shape)])),
    slots: new Map([['velocity', new Map(specs.map(({ name, shape }) => [name, array(`v ${name}`)(shape)]))]]),
  };
}

export function expectSameSnapshot(actual: TrainingSnapshot, expected: TrainingSnapshot): void {
  expectSameTensors(actual.parameters, expected.parameters);
  expect([...actual.slots.keys()]).toEqual([...expected.slots.keys()]);
  for (const [slot, arrays] of expected.slots) expectSameTensors(actual.slots.get(slot), arrays);
  const { parameters: _, slots: __, ...description } = expected;
  expect(actual).toEqual({ ...description, parameters: actual.parameters, slots: actual.slots });
}

function expectSameTensors(
  actual: ReadonlyMap<string, Tensor> | undefined,
  expected: ReadonlyMap<string, Tensor>,
): void {
  expect([...(actual ?? new Map()).keys()]).toEqual([...expected.keys()]);
  for (const [name, tensor] of expected) expectSameTensor(name, actual?.get(name) as Tensor, tensor);
}
