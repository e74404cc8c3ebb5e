// Your own layer, which Convoy does not have: from its kernels to a network that several workers train. `layer-scale.ts`
// is the whole layer, and `small-net.ts` is a model with it.
import { createDataset, mnist, take } from '@convoy/datasets';
import {
  accuracy,
  createLearner,
  meanSquaredError,
  sequential,
  sgd,
  softmaxCrossEntropy,
  summary,
} from '@convoy/layers';
import { Tensor, tensor } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import { layerScale } from './layer-scale.ts';
import { heading, show } from './show.ts';
import { model as smallNet } from './small-net.ts';

heading('The layer');

const input = tensor([
  [1, 2, 3],
  [10, 20, 30],
]).reshape([1, 2, 3]);
const gamma = tensor([2, -0.5]);
const alone = createLearner({
  model: sequential({ input: [2, 3] }, [layerScale({ name: 'scale' })]),
  loss: meanSquaredError({ reduction: 'halfSum' }),
  optimizer: sgd({ learningRate: 0 }),
  batchSize: 1,
});
alone.setParameters([['scale.gamma', gamma]]);
const output = alone.predict(input);
// With E = ½ Σ (t − y)² and t = y − 1, the gradient at every output is 1.
const gradients = alone.gradients(
  input,
  new Tensor(
    output.data.map((y) => y - 1),
    output.shape,
  ),
);
show('x, one row per channel', input);
show('γ', gamma);
show('y[c, i] = γ[c] · x[c, i]', output);
show('∂E/∂x for ∂E/∂y = 1', gradients.inputs);
show('∂E/∂γ', gradients.parameters.get('scale.gamma') as Tensor);

heading('A network with the layer');

const model = smallNet({ input: [1, 28, 28], classes: 10 });
console.log(`\n${summary(model)}`);

heading('Training with three workers');

const { train } = await mnist();
const { source, targets, length } = take(train, 2000);
const labels = targets.kind === 'labels' ? targets.labels : [];
const data = createDataset({
  sampleShape: model.input,
  inputs: Float32Array.from(source.samples, (pixel) => pixel / 255),
  targets,
});
const options = {
  model,
  loss: softmaxCrossEntropy(),
  optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
  metrics: [accuracy()],
  batchSize: 50,
};
const EPOCHS = 3;

const trainer = await createTrainer({ ...options, workers: 3 });
const { epochs } = await trainer.fit(data, { epochs: EPOCHS, shuffle: false });
for (const { epoch, scores } of epochs) console.log(`epoch ${epoch}, loss ${scores.loss.toFixed(4)}`);
const trained = trainer.parameters();
await trainer.dispose();
show('γ, which was 0.1 at the start', trained.get('scale.gamma') as Tensor);

heading('Training on one thread');

const learner = createLearner(options);
for (let epoch = 0; epoch < EPOCHS; epoch++) {
  for (let first = 0; first < length; first += options.batchSize) {
    const end = first + options.batchSize;
    const batch = new Tensor((data.source.samples as Float32Array).slice(784 * first, 784 * end), [
      options.batchSize,
      1,
      28,
      28,
    ]);
    learner.train(batch, labels.slice(first, end));
  }
}
const learned = learner.parameters();
show('γ', learned.get('scale.gamma') as Tensor);

const differing = [...trained].filter(([name, { data }]) => {
  const other = learned.get(name)?.data;
  return data.some((number, i) => !Object.is(number, other?.[i]));
});
console.log(`\n${trained.size} parameters; ${differing.length} of them differ in a bit`);
