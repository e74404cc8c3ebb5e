// How gradients flow back through a small convolutional network, and how its kernel is updated from them: number by number.
//
// 5×5 input → convolution with one 2×2 kernel → 4×4 map → maximum pooling 2×2 → sigmoid → two neurons H1 and H2
import { createDataset } from '@convoy/datasets';
import {
  conv2d,
  createLearner,
  dense,
  flatten,
  maxPool2d,
  meanSquaredError,
  sequential,
  sgd,
  sigmoid,
} from '@convoy/layers';
import * as ops from '@convoy/tensor';
import { Tensor, tensor } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import { heading, show } from './show.ts';

heading('What is given');

// Tensors of images have four dimensions: samples, channels, rows, columns.
const input = tensor([
  [0.51, 0.9, 0.88, 0.84, 0.05],
  [0.4, 0.62, 0.22, 0.59, 0.1],
  [0.11, 0.2, 0.74, 0.33, 0.14],
  [0.47, 0.01, 0.85, 0.7, 0.09],
  [0.76, 0.19, 0.72, 0.17, 0.57],
]).reshape([1, 1, 5, 5]);
const kernel = tensor([
  [-0.13, 0.15],
  [-0.51, 0.62],
]).reshape([1, 1, 2, 2]);
const weights = tensor([
  [0.61, 0.82, 0.96, -1],
  [0.02, -0.5, 0.23, 0.17],
]);
const neuronDeltas = tensor([[0.25, -0.15]]);

show('input o', input);
show('kernel w', kernel);
show('weights of the neurons, a row each', weights);
show('deltas δ that arrive from above, ∂E/∂H1 and ∂E/∂H2', neuronDeltas);

heading('Forward');

const map = ops.conv2d(input, kernel);
show('convolution: x[i][j] = Σm Σn w[m][n] · o[i+m][j+n]', map);

const pooled = ops.maxPool2d(map, { size: 2 });
show('the maximum of each 2×2 window', pooled);

const activated = ops.sigmoid(pooled);
show('sigmoid s = 1 / (1 + e⁻ˣ)', activated);

const outputs = ops.dense(activated.reshape([1, 4]), weights);
show('neurons: y = Σ weight · s', outputs);

heading('Backward, with each s rounded to two digits, as one does by hand');

const roundedTo = (digits: number, { data, shape }: Tensor, round = Math.round) =>
  new Tensor(
    data.map((x) => round(x * 10 ** digits) / 10 ** digits),
    shape,
  );

const arriving = ops.denseInputGradient(weights, neuronDeltas).reshape([1, 1, 2, 2]);
show('what the neurons hand back: Σ δ · weight', arriving);

const byHand = ops.sigmoidGradient(roundedTo(2, activated), arriving);
show('deltas in front of the sigmoid: that times s · (1 − s)', byHand);

const byHandMap = ops.maxPool2dInputGradient(map, byHand, { size: 2 });
show('each goes to the cell that was the maximum; the others had no part in the result', byHandMap);
show(
  'gradient of the kernel: ∂E/∂w[m][n] = Σi Σj δ[i][j] · o[i+m][j+n]',
  ops.conv2dWeightGradient(input, kernel.shape, byHandMap),
);

const cutMap = roundedTo(4, byHandMap, Math.trunc);
show('the deltas cut to four digits', cutMap);
show('gradient of the kernel from these', ops.conv2dWeightGradient(input, kernel.shape, cutMap));

heading('Backward, without rounding');

const deltas = ops.maxPool2dInputGradient(map, ops.sigmoidGradient(activated, arriving), { size: 2 });
show('deltas δ at the convolution', deltas);
show('gradient of the kernel', ops.conv2dWeightGradient(input, kernel.shape, deltas));
show('gradient of a bias: the sum of the deltas', ops.conv2dBiasGradient(deltas));

const inputGradient = ops.conv2dInputGradient(input.shape, kernel, deltas);
show('gradient at the input, for a convolution before this one', inputGradient);

heading('What follows from it');

/** By 180°: rot90(rot90(plane)). */
const turned = ({ data, shape }: Tensor) => new Tensor(data.toReversed(), shape);

const full = ops.conv2d(deltas, turned(kernel), undefined, { padding: 1 });
show('a convolution in front receives the gradient at the input: δ fully correlated with the turned kernel', full);

// What slides in a true convolution is turned. SciPy is given δ turned already, and two turns cancel.
const slid = turned(turned(deltas));
show("SciPy's convolve2d(rot90(rot90(δ)), o, 'valid') is the gradient of the kernel", ops.conv2d(input, slid));

const early = ops.sigmoid(map);
const earlyGradient = ops.maxPool2dInputGradient(early, arriving, { size: 2 });
show('the sigmoid straight after the convolution: the same deltas', ops.sigmoidGradient(early, earlyGradient));

const channels = new Tensor(Float32Array.of(...input.data, ...turned(input).data), [1, 2, 5, 5]);
const filters = new Tensor(Float32Array.of(...deltas.data, ...deltas.data.map((delta) => -2 * delta)), [1, 2, 4, 4]);
const several = ops.conv2dWeightGradient(channels, [2, 2, 2, 2], filters);
show('two channels (o, o turned), two filters (δ, −2 δ): a row for each filter and channel', several.reshape([4, 4]));

heading('The same from layers, with the update w ← w − η · ∂E/∂w');

// The deltas from above are those of E = ½ Σ (t − y)² for the targets t = y − δ.
const targets = new Tensor(
  outputs.data.map((y, i) => y - neuronDeltas.at(0, i)),
  outputs.shape,
);
const options = {
  model: sequential({ input: [1, 5, 5] }, [
    conv2d({ filters: 1, kernelSize: 2, useBias: false, name: 'convolution' }),
    maxPool2d({ size: 2 }),
    sigmoid(),
    flatten(),
    dense({ units: 2, useBias: false, name: 'neurons' }),
  ]),
  loss: meanSquaredError({ reduction: 'halfSum' }),
  optimizer: sgd({ learningRate: 0.5 }),
  batchSize: 1,
};
const start = new Map([
  ['convolution.kernel', kernel],
  ['neurons.kernel', weights],
]);

const learner = createLearner(options);
learner.setParameters(start);
const gradients = learner.gradients(input, targets);
show('targets t', targets);
show('E', tensor([gradients.scores.loss]));
show('gradient of the kernel', gradients.parameters.get('convolution.kernel') as Tensor);
show('gradient at the input', gradients.inputs);

learner.train(input, targets);
const updated = learner.parameters().get('convolution.kernel') as Tensor;
show('kernel after one step with η = 0.5', updated);
show('E after it', tensor([learner.gradients(input, targets).scores.loss]));

heading('The same step by a worker thread');

const trainer = await createTrainer({ ...options, workers: 1 });
trainer.setParameters(start);
const data = createDataset({
  sampleShape: [1, 5, 5],
  inputs: input.data,
  targets: { kind: 'values', values: targets.data, shape: [2] },
});
await trainer.fit(data, { epochs: 1 });
show('kernel, the same to the last bit', trainer.parameters().get('convolution.kernel') as Tensor);
await trainer.dispose();
