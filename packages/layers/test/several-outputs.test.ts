// Models with several outputs, and a loss for each of them.
import {
  accuracy,
  conv2d,
  createLearner,
  dense,
  flatten,
  graph,
  type Losses,
  lenet5,
  type Model,
  meanSquaredError,
  sequential,
  sgd,
  sigmoid,
  softmaxCrossEntropy,
  tanh,
  weighted,
} from '@convoy/layers';
import { compilePlan } from '@convoy/layers/compile';
import { sizeOf } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { expectClose, expectConvoyError } from './expectations.ts';
import { randomNumbers, samplesAwayFromKinks, tensorOf } from './numbers.ts';
import { initialParameters, referenceBackward, referenceForward } from './reference-model.ts';

const optimizer = sgd({ learningRate: 0.1 });
const halfSum = meanSquaredError({ reduction: 'halfSum' });

/** A trunk with two heads, of which the first output is the later one. */
function twoHeads(): Model {
  return graph({ input: [1, 6, 6] }, (image) => {
    const trunk = image.to(conv2d({ filters: 3, kernelSize: 3 }), tanh());
    const early = trunk.to(flatten(), dense({ units: 4, name: 'early' }));
    const late = trunk.to(
      conv2d({ filters: 2, kernelSize: 3 }),
      sigmoid(),
      flatten(),
      dense({ units: 4, name: 'late' }),
    );
    return [late, early];
  });
}

describe('several outputs', () => {
  /** Checks the loss and the gradients of one batch. The loss is the weighted sum of ½ Σ (t − y)² over all outputs. */
  function checkLosses(model: Model, losses: Losses, weights: readonly number[]): void {
    const samples = 13;
    const parameters = initialParameters(model, 1);
    const learner = createLearner({ model, loss: losses, optimizer, batchSize: 16, seed: 1 });
    const x = samplesAwayFromKinks(samples, model.input, 'input');
    const targets = randomNumbers(samples * sizeOf(model.output), 'targets');
    const values = referenceForward(model, samples, x, parameters);
    let loss = 0;
    const outputGradients = model.outputs.map((number, i) => {
      const weight = (weights[i] as number) / samples;
      return (values[number + 1] as Float64Array).map((y, j) => {
        const error = y - (targets[j] as number);
        loss += (weight * error * error) / 2;
        return weight * error;
      });
    });
    const inputs = tensorOf(x, [samples, ...model.input]);
    const expected = referenceBackward(model, samples, values, parameters, ...outputGradients);
    const actual = learner.gradients(inputs, tensorOf(targets, [samples, ...model.output]));
    expectClose('loss', [actual.scores.loss], [loss]);
    expectClose('gradient at the input', actual.inputs.data, expected.input);
    for (const [name, { data }] of actual.parameters) {
      expectClose(`gradient at '${name}'`, data, expected.parameters.get(name) as Float64Array);
    }
    expectClose('prediction', learner.predict(inputs).data, values[(model.outputs[0] as number) + 1] as Float64Array);
  }

  test('have the sum of their losses as the loss; the first output is the prediction', () =>
    checkLosses(twoHeads(), [halfSum, halfSum], [1, 1]));

  test('may have weighted losses', () => {
    checkLosses(twoHeads(), [halfSum, weighted(halfSum, 0.3)], [1, 0.3]);
    checkLosses(twoHeads(), [weighted(weighted(halfSum, 4), 0.5), weighted(halfSum, 0)], [2, 0]);
  });

  test('may follow one another, or be the same', () => {
    const two = graph({ input: [3] }, (x) => {
      const first = x.to(dense({ units: 3 }), sigmoid());
      return [first, first.to(dense({ units: 3 }))];
    });
    checkLosses(two, [halfSum, halfSum], [1, 1]);
    const inRow = graph({ input: [3] }, (x) => {
      const first = x.to(dense({ units: 3 }), sigmoid());
      return [first, first.to(dense({ units: 3 })), first.to(tanh()), first];
    });
    checkLosses(inRow, [halfSum, weighted(halfSum, 0.5), halfSum, weighted(halfSum, 2)], [1, 0.5, 1, 2]);
  });

  test('a weight also applies to the loss of a single output', () => {
    const model = sequential({ input: [3] }, [dense({ units: 2 })]);
    checkLosses(model, weighted(halfSum, 0.25), [0.25]);
    checkLosses(model, [halfSum], [1]);
  });

  test('a weight changes the loss of a classifier, and no metric', () => {
    const model = sequential({ input: [3] }, [dense({ units: 2 })]);
    const score = (loss: Losses) => {
      const learner = createLearner({ model, loss, optimizer, batchSize: 8, metrics: [accuracy()] });
      return learner.gradients(tensorOf(randomNumbers(15, 'inputs'), [5, 3]), [0, 1, 1, 0, 1]).scores;
    };
    const plain = score(softmaxCrossEntropy());
    const halved = score(weighted(softmaxCrossEntropy(), 0.5));
    expect(halved.loss).toBeCloseTo(plain.loss / 2, 6);
    expect({ ...halved, loss: plain.loss }).toEqual(plain);
  });

  const uneven = graph({ input: [3] }, (x) => [x.to(dense({ units: 3 })), x.to(dense({ units: 2 }))]);
  test.each<[given: string, code: 'CONVOY_INVALID_OPTION' | 'CONVOY_SHAPE_MISMATCH', model: Model, losses: Losses]>([
    ['1 loss for a model of 2 outputs', 'CONVOY_INVALID_OPTION', twoHeads(), halfSum],
    ['3 losses for a model of 2 outputs', 'CONVOY_INVALID_OPTION', twoHeads(), [halfSum, halfSum, halfSum]],
    ['2 losses for a model of 1 output', 'CONVOY_INVALID_OPTION', lenet5(), [softmaxCrossEntropy(), halfSum]],
    ['0 losses for a model of 1 output', 'CONVOY_INVALID_OPTION', lenet5(), []],
    ['the loss softmaxCrossEntropy', 'CONVOY_INVALID_OPTION', twoHeads(), [halfSum, softmaxCrossEntropy()]],
    ['model outputs of shape [3] and [2]', 'CONVOY_SHAPE_MISMATCH', uneven, [halfSum, halfSum]],
  ])('reject %s', (given, code, model, loss) =>
    expectConvoyError(() => compilePlan(model, { loss, optimizer }), code, given),
  );

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('reject the weight %d', (weight) =>
    expectConvoyError(() => weighted(halfSum, weight), 'CONVOY_INVALID_OPTION', 'weight: '),
  );
});
