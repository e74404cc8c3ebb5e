// The gradients of a small convolutional network and the update of its kernel, number by number.
//
// 5×5 input → convolution with one 2×2 kernel → 4×4 map → max pooling 2×2 → sigmoid → two neurons H1 and H2
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

heading('Given values');

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
show('weights of the neurons, one row per neuron', weights);
show('deltas δ of the neurons, ∂E/∂H1 and ∂E/∂H2', neuronDeltas);

heading('Forward');

const map = ops.conv2d(input, kernel);
show('convolution: x[i][j] = Σm Σn w[m][n] · o[i+m][j+n]', map);

const pooled = ops.maxPool2d(map, { size: 2 });
show('the maximum of each 2×2 window', pooled);

const activated = ops.sigmoid(pooled);
show('sigmoid s = 1 / (1 + e⁻ˣ)', activated);

const outputs = ops.dense(activated.reshape([1, 4]), weights);
show('neurons: y = Σ weight · s', outputs);

heading('Backward by hand, with each s rounded to two digits');

const roundedTo = (digits: number, { data, shape }: Tensor, round = Math.round) =>
  new Tensor(
    data.map((x) => round(x * 10 ** digits) / 10 ** digits),
    shape,
  );

const arriving = ops.denseInputGradient(weights, neuronDeltas).reshape([1, 1, 2, 2]);
show('gradient at the output of the sigmoid: Σ δ · weight', arriving);

const byHand = ops.sigmoidGradient(roundedTo(2, activated), arriving);
show('deltas before the sigmoid: this gradient times s · (1 − s)', byHand);

const byHandMap = ops.maxPool2dInputGradient(map, byHand, { size: 2 });
show('each delta belongs to the maximum of its window; the other inputs did not affect the result', byHandMap);
show(
  'gradient of the kernel: ∂E/∂w[m][n] = Σi Σj δ[i][j] · o[i+m][j+n]',
  ops.conv2dWeightGradient(input, kernel.shape, byHandMap),
);

const truncatedMap = roundedTo(4, byHandMap, Math.trunc);
show('the deltas truncated to four digits', truncatedMap);
show('gradient of the kernel from the truncated deltas', ops.conv2dWeightGradient(input, kernel.shape, truncatedMap));

heading('Backward, without rounding');

const deltas = ops.maxPool2dInputGradient(map, ops.sigmoidGradient(activated, arriving), { size: 2 });
show('deltas δ at the convolution', deltas);
show('gradient of the kernel', ops.conv2dWeightGradient(input, kernel.shape, deltas));
show('gradient of a bias: the sum of the deltas', ops.conv2dBiasGradient(deltas));

const inputGradient = ops.conv2dInputGradient(input.shape, kernel, deltas);
show('gradient at the input, which a convolution before this one would receive', inputGradient);

heading('Related results');

/** Rotates by 180°: rot90(rot90(plane)). */
const rotated = ({ data, shape }: Tensor) => new Tensor(data.toReversed(), shape);

const full = ops.conv2d(deltas, rotated(kernel), undefined, { padding: 1 });
show('the gradient at the input is the full correlation of δ with the rotated kernel', full);

// A true convolution rotates the array that slides. SciPy gets δ already rotated, and two rotations cancel.
const sliding = rotated(rotated(deltas));
show("SciPy's convolve2d(rot90(rot90(δ)), o, 'valid') is the gradient of the kernel", ops.conv2d(input, sliding));

const early = ops.sigmoid(map);
const earlyGradient = ops.maxPool2dInputGradient(early, arriving, { size: 2 });
show('the sigmoid directly after the convolution gives the same deltas', ops.sigmoidGradient(early, earlyGradient));

const channels = new Tensor(Float32Array.of(...input.data, ...rotated(input).data), [1, 2, 5, 5]);
const filters = new Tensor(Float32Array.of(...deltas.data, ...deltas.data.map((delta) => -2 * delta)), [1, 2, 4, 4]);
const several = ops.conv2dWeightGradient(channels, [2, 2, 2, 2], filters);
show('two channels (o, o rotated), two filters (δ, −2 δ): one row per filter and channel', several.reshape([4, 4]));

heading('The same with layers, and the update w ← w − η · ∂E/∂w');

// The deltas of the neurons above are those of E = ½ Σ (t − y)² for the targets t = y − δ.
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
show('E after this step', tensor([learner.gradients(input, targets).scores.loss]));

heading('The same step in a worker thread');

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
