// TensorFlow.js as a contender, on its back ends `cpu` and `wasm`. Activations are (N, H, W, C).
import { dirname, join } from 'node:path';
import { Tensor } from '@convoy/tensor';
import { eachBatch, type Job, parameterSource, targetRows } from '../jobs/job.ts';
import { requireFrom } from '../packages.ts';
import type { PeerSettings, StartPeer } from './adapter.ts';
import { channelsLast, denseChannelsLast } from './channels-last.ts';
import { functionOfLayers, type LayerFunctions } from './layer-functions.ts';
import type { TensorFlow, TensorFlowTensor, Unary, WasmBackend } from './tensorflow-library.ts';
import { registerWasmGradients } from './tensorflow-wasm-gradients.ts';

export const startPeer: StartPeer = async (job, settings) => {
  const tf = await load(settings);
  const forward = functionOfLayers(job, layerFunctions(tf, job));
  const batches = eachBatch(job, (inputs, labels) => batchOf(tf, job, inputs, labels));
  const loss = job.targets === 'classes' ? crossEntropy : halfSum;
  const optimizer = tf.train.momentum(job.learningRate, job.momentum);
  return {
    version: `TensorFlow.js ${tf.version_core}`,
    train: (from, steps) => {
      let last = Number.NaN;
      for (let step = 0; step < steps; step++) {
        const { x, y } = batches[from + step] as Batch;
        const cost = optimizer.minimize(() => loss(tf, forward(x), y), true);
        if (step === steps - 1) last = cost.dataSync()[0] as number;
        cost.dispose();
      }
      return last;
    },
  };
};

async function load({ backend = 'cpu', threads, packages }: PeerSettings): Promise<TensorFlow> {
  const require = requireFrom(packages);
  const tf: TensorFlow = require('@tensorflow/tfjs');
  const backendPackage = `@tensorflow/tfjs-backend-${backend}`;
  const loaded: WasmBackend = require(backendPackage);
  if (backend === 'wasm') {
    loaded.setWasmPaths(join(dirname(require.resolve(backendPackage)), '/'));
    loaded.setThreadsCount(threads);
  }
  await tf.setBackend(backend);
  if (backend === 'wasm') registerWasmGradients(tf);
  return tf;
}

interface Batch {
  readonly x: TensorFlowTensor;
  /** (N, outputs): values, or one-hot classes. */
  readonly y: TensorFlowTensor;
}

function batchOf(tf: TensorFlow, job: Job, inputs: Float32Array, labels: Float32Array): Batch {
  const { data, shape } = channelsLast(new Tensor(inputs, [job.batchSize, ...job.inputs.shape.slice(1)]));
  const targets = targetRows(job, labels);
  return { x: tf.tensor(data, shape), y: tf.tensor(targets.data, targets.shape) };
}

type LossFunction = (tf: TensorFlow, outputs: TensorFlowTensor, y: TensorFlowTensor) => TensorFlowTensor;

const crossEntropy: LossFunction = (tf, logits, y) =>
  tf.mean(tf.sub(tf.logSumExp(logits, 1), tf.sum(tf.mul(logits, y), 1)));

const halfSum: LossFunction = (tf, outputs, y) =>
  tf.mul(tf.mean(tf.sum(tf.square(tf.sub(outputs, y)), 1)), tf.scalar(1 / 2));

/** The parameters become variables, which the library keeps and its optimizer finds. */
function layerFunctions(tf: TensorFlow, job: Job): LayerFunctions<Unary> {
  const parameter = parameterSource(job);
  const variable = ({ data, shape }: Tensor) => tf.variable(tf.tensor(data, shape));
  return {
    conv2d({ filters, size, strides, padding, bias }, channels) {
      const { data, shape } = channelsLast(parameter([filters, channels, size, size]));
      const kernel = tf.variable(tf.transpose(tf.tensor(data, shape), [1, 2, 3, 0]));
      if (!bias) return (x) => tf.conv2d(x, kernel, strides, padding);
      const offset = variable(parameter([filters]));
      return (x) => tf.add(tf.conv2d(x, kernel, strides, padding), offset);
    },
    batchNorm(channels) {
      const scale = variable(parameter([channels]));
      const offset = variable(parameter([channels]));
      const epsilon = tf.scalar(1e-5);
      const batchAndPixels = [0, 1, 2];
      return (x) => {
        const centered = tf.sub(x, tf.mean(x, batchAndPixels));
        const variance = tf.mean(tf.square(centered), batchAndPixels);
        return tf.add(tf.mul(centered, tf.mul(tf.rsqrt(tf.add(variance, epsilon)), scale)), offset);
      };
    },
    dense({ units, planes }, features) {
      const { data, shape } = denseChannelsLast(parameter([units, features]), planes);
      const kernel = tf.variable(tf.transpose(tf.tensor(data, shape)));
      const offset = variable(parameter([units]));
      return (x) => tf.add(tf.matMul(tf.reshape(x, [-1, features]), kernel), offset);
    },
    residual({ strides, zeros }, inner) {
      if (strides === 1) return (x) => tf.add(inner(x), x);
      const sides: [number, number][] = [
        [0, 0],
        [0, 0],
        [0, 0],
        [zeros, zeros],
      ];
      // Slices with strides have no gradient in TensorFlow.js; average pooling with windows of one pixel has one.
      const shortcut: Unary = (x) => tf.pad(tf.avgPool(x, 1, strides, 'valid'), sides);
      return (x) => tf.add(inner(x), shortcut(x));
    },
    relu: tf.relu,
    sigmoid: tf.sigmoid,
    maxPool: (x) => tf.maxPool(x, 2, 2, 'valid'),
    globalAvgPool: (x) => tf.mean(x, [1, 2]),
    sequence: (functions) => (x) => functions.reduce((value, apply) => apply(value), x),
  };
}
