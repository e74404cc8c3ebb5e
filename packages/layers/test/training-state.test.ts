// The training state as tensors: views and copies of the current one of its two copies.
import { adamW, dense, type Model, meanSquaredError, sequential } from '@convoy/layers';
import { TrainingState } from '@convoy/layers/compile';
import { Tensor } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { EngineGroup } from './engines.ts';
import { expectConvoyError } from './expectations.ts';
import { tensorOf } from './numbers.ts';

const model: Model = sequential({ input: [3] }, [
  dense({ units: 5, name: 'first' }),
  dense({ units: 2, name: 'last' }),
]);
const NAMES = ['first.kernel', 'first.bias', 'last.kernel', 'last.bias'];

const newGroup = () =>
  new EngineGroup({
    ...{ model, loss: meanSquaredError(), batchSize: 8 },
    optimizer: adamW({ learningRate: 0.1, averageDecay: 0.5 }),
  });

const arrayOf = ({ plan }: EngineGroup, slot: string) => 1 + plan.slots.indexOf(slot);

describe('a view', () => {
  test('is the memory of a parameter in the current copy', () => {
    const group = newGroup();
    const view = group.state.view('last.bias');
    expect(view.shape).toEqual([2]);
    view.data.set([7, -7]);
    const { offset = 0 } = group.plan.parameters.find(({ name }) => name === 'last.bias') ?? {};
    expect([...group.stateAfter(0).subarray(offset, offset + 2)]).toEqual([7, -7]);
    expect(group.stateAfter(1).every((x) => x === 0)).toBe(true);
  });

  test('is of the other copy after each step', () => {
    const group = newGroup();
    const even = group.state.view('last.bias');
    even.data.fill(1);
    group.step = 1;
    expect(group.state.view('last.bias').data).toEqual(new Float32Array(2));
    group.state.view('last.bias').data.fill(2);
    group.step = 2;
    expect(group.state.view('last.bias').data).toEqual(Float32Array.of(1, 1));
    expect(even.data).toEqual(Float32Array.of(1, 1));
  });

  test('is of a slot if an array is given', () => {
    const group = newGroup();
    const array = arrayOf(group, 'average');
    group.state.view('first.kernel', array).data.fill(0.5);
    const { parameterFloats } = group.plan;
    expect(
      group
        .stateAfter(0)
        .subarray(array * parameterFloats, array * parameterFloats + 15)
        .every((x) => x === 0.5),
    ).toBe(true);
    expect(group.state.view('first.kernel').data).not.toContain(0.5);
  });

  test('of an unknown parameter is rejected', () =>
    expectConvoyError(
      () => newGroup().state.view('second.bias'),
      'CONVOY_UNKNOWN_NAME',
      "the parameter 'second.bias'",
    ));
});

describe('copies', () => {
  test('are of all parameters in the order of the model, and independent of the state', () => {
    const group = newGroup();
    const copies = group.state.copies();
    expect([...copies.keys()]).toEqual(NAMES);
    const before = group.stateBits();
    for (const { data } of copies.values()) data.fill(Number.NaN);
    expect(group.stateBits()).toEqual(before);
    expect(group.state.copies().get('first.kernel')).toEqual(group.state.view('first.kernel'));
  });

  test('are all of the same step, although a step is committed in between', () => {
    const group = newGroup();
    group.stateAfter(0).fill(10);
    group.stateAfter(1).fill(11);
    for (let committedAfter = 1; committedAfter < 12; committedAfter++) {
      let asked = 0;
      const step = () => (asked++ < committedAfter ? 0 : 1);
      const { plan, memory, layout } = group;
      const copies = new TrainingState(plan, memory.buffer, layout.states, step).copies();
      const numbers = new Set([...copies.values()].flatMap(({ data }) => [...data]));
      expect(numbers.size, `a commit after ${committedAfter} looks at the step`).toBe(1);
    }
  });
});

describe('setParameters', () => {
  const all = (value: number) =>
    new Map(NAMES.map((name) => [name, newGroup().state.view(name).clone()])).set(
      'first.bias',
      tensorOf(Array(5).fill(value), [5]),
    );

  test('starts the slots again before the first step, and leaves them alone after it', () => {
    const group = newGroup();
    const average = arrayOf(group, 'average');
    const mean = arrayOf(group, 'mean');
    group.state.view('first.bias', mean).data.fill(3);
    group.state.setParameters(all(0.25));
    expect(group.state.copies(average)).toEqual(group.state.copies());
    expect(group.state.copies(average).get('first.bias')?.data).toEqual(new Float32Array(5).fill(0.25));
    expect(group.state.view('first.bias', mean).data).toEqual(new Float32Array(5));
    group.step = 1;
    group.state.setParameters(all(0.75));
    expect(group.state.view('first.bias').data).toEqual(new Float32Array(5).fill(0.75));
    expect(group.state.view('first.bias', average).data).toEqual(new Float32Array(5));
  });

  test.each<[given: string, code: 'CONVOY_UNKNOWN_NAME' | 'CONVOY_SHAPE_MISMATCH', wrong: readonly [string, Tensor]]>([
    ["the parameter 'nobody'", 'CONVOY_UNKNOWN_NAME', ['nobody', tensorOf([1], [1])]],
    ["'last.bias' of shape [1]", 'CONVOY_SHAPE_MISMATCH', ['last.bias', new Tensor(new Float32Array(1), [1])]],
  ])('changes nothing if it rejects %s', (given, code, wrong) => {
    const group = newGroup();
    const before = group.stateBits();
    expectConvoyError(() => group.state.setParameters([...all(9), wrong]), code, given);
    expect(group.stateBits()).toEqual(before);
  });
});
