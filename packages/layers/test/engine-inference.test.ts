// Evaluation and prediction by an engine: they read the current copy of the training state, and change nothing.
import { adamW, conv2d, createLearner, relu, sequential, softmaxCrossEntropy } from '@convoy/layers';
import { describe, expect, test } from 'vitest';
import { BATCH, batchFor, CLASSES, groupWith, head, inputsFor, labelsFor, model } from './engine-cases.ts';
import type { EngineGroup, EngineGroupOptions } from './engines.ts';

describe('evaluation and prediction', () => {
  const plain = sequential({ input: model.input }, [conv2d({ filters: 3, kernelSize: 3 }), relu(), ...head()]);
  const SAMPLES = 45;

  /** After three steps the current copy is the second one; the first one is lost. */
  function trainedGroup(changes: Partial<EngineGroupOptions> = {}): EngineGroup {
    const group = groupWith({ model: plain, ...changes });
    for (let step = 0; step < 3; step++) group.train(batchFor(group, BATCH, step));
    group.stateAfter(group.step + 1).fill(Number.NaN);
    group.enterStep();
    return group;
  }

  const predictionsOf = (group: EngineGroup, array: number): Float32Array => {
    const outputs = new Float32Array(SAMPLES * CLASSES);
    const batch = batchFor(group, SAMPLES, 7);
    for (let position = 0; position < SAMPLES; position += 8) {
      group.engine().predictBlock(batch, position, outputs, array);
    }
    return outputs;
  };

  test('scoreShard computes the scores of training with the current copy of the state', () => {
    const group = trainedGroup({ scoreLines: 20 });
    const batch = batchFor(group, SAMPLES, 7);
    group.computeGradients(batch);
    const expected = group.scoreLines(0, 6);
    const [state, gradients] = [group.stateBits(), group.gradientBits(6)];
    // In any order, into any lines.
    for (const shard of [4, 0, 5, 1, 3, 2]) group.engine().scoreShard(batch, shard, 7 + shard, 0);
    expect(group.scoreLines(7, 6)).toEqual(expected);
    expect(expected.every(([loss]) => (loss as number) > 0)).toBe(true);
    expect([group.stateBits(), group.gradientBits(6)]).toEqual([state, gradients]);
    expect(group.scoreLines(0, 6)).toEqual(expected);
  });

  test('scoreShard replaces what its line holds', () => {
    const group = trainedGroup({ scoreLines: 20 });
    const batch = batchFor(group, SAMPLES, 7);
    group.engine().scoreShard(batch, 2, 9, 0);
    const [expected] = group.scoreLines(9, 1);
    group.engine().scoreShard(batch, 3, 9, 0);
    group.engine().scoreShard(batch, 2, 9, 0);
    expect(group.scoreLines(9, 1)).toEqual([expected]);
  });

  test('predictBlock computes the outputs of a learner after the same steps', () => {
    const group = trainedGroup();
    const { optimizer, loss } = {
      optimizer: adamW({ learningRate: 0.05, averageDecay: 0.75 }),
      loss: softmaxCrossEntropy(),
    };
    const learner = createLearner({ model: plain, loss, optimizer, batchSize: BATCH, seed: 3 });
    for (let step = 0; step < 3; step++) learner.train(inputsFor(BATCH, step), labelsFor(BATCH, step));
    expect(predictionsOf(group, 0)).toEqual(learner.predict(inputsFor(SAMPLES, 7)).data);
  });

  test('predictBlock writes the rows of its samples only', () => {
    const group = trainedGroup();
    const expected = predictionsOf(group, 0);
    const outputs = new Float32Array(SAMPLES * CLASSES).fill(-1);
    group.engine().predictBlock(batchFor(group, SAMPLES, 7), 40, outputs, 0);
    expect(outputs.subarray(0, 40 * CLASSES).every((y) => y === -1)).toBe(true);
    expect(outputs.subarray(40 * CLASSES)).toEqual(expected.subarray(40 * CLASSES));
  });

  test('both take a slot of the optimizer in place of the parameters', () => {
    const group = trainedGroup({ scoreLines: 20 });
    const array = 1 + group.plan.slots.indexOf('average');
    const averages = trainedGroup({ scoreLines: 20 });
    averages.state.setParameters(group.state.copies(array));
    const predicted = predictionsOf(group, array);
    expect(predicted).toEqual(predictionsOf(averages, 0));
    expect(predicted).not.toEqual(predictionsOf(group, 0));
    group.engine().scoreShard(batchFor(group), 1, 8, array);
    averages.engine().scoreShard(batchFor(averages), 1, 8, 0);
    expect(group.scoreLines(8, 1)).toEqual(averages.scoreLines(8, 1));
  });

  test('any engine computes them', () => {
    const group = trainedGroup({ engines: 2, scoreLines: 20 });
    const batch = batchFor(group);
    for (const [rank, engine] of group.engines.entries()) engine.scoreShard(batch, 2, 10 + rank, 0);
    const [first, second] = group.scoreLines(10, 2);
    expect(second).toEqual(first);
  });
});
