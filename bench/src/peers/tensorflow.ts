// TensorFlow.js as a contender, on its back ends `cpu` and `wasm`. Activations are (N, H, W, C).
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Tensor } from '@convoy/tensor';
import { channelsLast, denseChannelsLast } from './channels-last.ts';
import { eachBatch, type Job, oneHot, type PeerLayer, type PeerLayerOf, parameterSource } from './job.ts';
import type { PeerSettings, StartPeer } from './peer.ts';
import { supplyWasmGradients } from './tensorflow-wasm-gradients.ts';

export interface TensorFlowTensor {
  readonly shape: number[];
  dataSync(): Float32Array;
  dispose(): void;
}

type Unary = (x: TensorFlowTensor) => TensorFlowTensor;
type Binary = (a: TensorFlowTensor, b: TensorFlowTensor) => TensorFlowTensor;
type Reduction = (x: TensorFlowTensor, axis?: number | readonly number[]) => TensorFlowTensor;
type Pooling = (x: TensorFlowTensor, size: number, strides: number, padding: 'valid') => TensorFlowTensor;
type KernelFunction = (call: unknown) => TensorFlowTensor;

/** What is used of the library. */
export interface TensorFlow {
  readonly version_core: string;
  readonly setBackend: (name: string) => Promise<boolean>;
  readonly tensor: (data: Float32Array, shape: readonly number[]) => TensorFlowTensor;
  readonly variable: Unary;
  readonly scalar: (value: number) => TensorFlowTensor;
  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly matMul: Binary;
  readonly square: Unary;
  readonly rsqrt: Unary;
  readonly relu: Unary;
  readonly sigmoid: Unary;
  readonly sum: Reduction;
  readonly mean: Reduction;
  readonly logSumExp: Reduction;
  readonly conv2d: (
    x: TensorFlowTensor,
    kernel: TensorFlowTensor,
    strides: number,
    padding: number,
    format?: 'NHWC',
    dilations?: number,
  ) => TensorFlowTensor;
  readonly maxPool: Pooling;
  readonly avgPool: Pooling;
  readonly reshape: (x: TensorFlowTensor, shape: readonly number[]) => TensorFlowTensor;
  readonly transpose: (x: TensorFlowTensor, order?: readonly number[]) => TensorFlowTensor;
  readonly reverse: (x: TensorFlowTensor, axes: readonly number[]) => TensorFlowTensor;
  readonly slice: (x: TensorFlowTensor, begin: readonly number[], size: readonly number[]) => TensorFlowTensor;
  readonly pad: (x: TensorFlowTensor, sides: readonly (readonly [number, number])[]) => TensorFlowTensor;
  readonly train: { readonly momentum: (learningRate: number, momentum: number) => Optimizer };
  readonly getKernel: (kernelName: string, backendName: string) => { readonly kernelFunc: KernelFunction };
  readonly unregisterKernel: (kernelName: string, backendName: string) => void;
  readonly registerKernel: (kernel: {
    readonly kernelName: string;
    readonly backendName: string;
    readonly kernelFunc: KernelFunction;
  }) => void;
}

interface Optimizer {
  readonly minimize: (loss: () => TensorFlowTensor, returnCost: true) => TensorFlowTensor;
}

interface WasmBackend {
  readonly setWasmPaths: (folder: string) => void;
  readonly setThreadsCount: (count: number) => void;
}

export const startPeer: StartPeer = async (job, settings) => {
  const tf = await load(settings);
  const forward = new Builder(tf, job).build(job.layers);
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
  const require = createRequire(join(packages, 'package.json'));
  const tf: TensorFlow = require('@tensorflow/tfjs');
  const backendPackage = `@tensorflow/tfjs-backend-${backend}`;
  const loaded: WasmBackend = require(backendPackage);
  if (backend === 'wasm') {
    loaded.setWasmPaths(join(dirname(require.resolve(backendPackage)), '/'));
    loaded.setThreadsCount(threads);
  }
  await tf.setBackend(backend);
  if (backend === 'wasm') supplyWasmGradients(tf);
  return tf;
}

interface Batch {
  readonly x: TensorFlowTensor;
  /** (N, outputs): values, or a one in the class's place. */
  readonly y: TensorFlowTensor;
}

function batchOf(tf: TensorFlow, job: Job, inputs: Float32Array, labels: Float32Array): Batch {
  const { batchSize, targets } = job;
  const { data, shape } = channelsLast(new Tensor(inputs, [batchSize, ...job.inputs.shape.slice(1)]));
  const rows = targets === 'classes' ? oneHot(labels) : labels;
  return { x: tf.tensor(data, shape), y: tf.tensor(rows, [batchSize, rows.length / batchSize]) };
}

type LossFunction = (tf: TensorFlow, outputs: TensorFlowTensor, y: TensorFlowTensor) => TensorFlowTensor;

const crossEntropy: LossFunction = (tf, logits, y) =>
  tf.mean(tf.sub(tf.logSumExp(logits, 1), tf.sum(tf.mul(logits, y), 1)));

const halfSum: LossFunction = (tf, outputs, y) =>
  tf.mul(tf.mean(tf.sum(tf.square(tf.sub(outputs, y)), 1)), tf.scalar(1 / 2));

/** Makes functions of layers; their variables belong to the library, whose optimizer finds them there. */
class Builder {
  readonly #tf: TensorFlow;
  readonly #parameter: ReturnType<typeof parameterSource>;
  #channels: number;

  constructor(tf: TensorFlow, job: Job) {
    this.#tf = tf;
    this.#parameter = parameterSource(job);
    this.#channels = job.inputs.shape[1] as number;
  }

  build(layers: readonly PeerLayer[]): Unary {
    const functions = layers.map((layer) => this.#make(layer));
    return (x) => functions.reduce((value, apply) => apply(value), x);
  }

  #make(layer: PeerLayer): Unary {
    const tf = this.#tf;
    switch (layer.kind) {
      case 'conv2d':
        return this.#conv2d(layer);
      case 'batchNorm':
        return this.#batchNorm();
      case 'dense':
        return this.#dense(layer);
      case 'residual':
        return this.#residual(layer);
      case 'relu':
        return tf.relu;
      case 'sigmoid':
        return tf.sigmoid;
      case 'maxPool':
        return (x) => tf.maxPool(x, 2, 2, 'valid');
      case 'globalAvgPool':
        return (x) => tf.mean(x, [1, 2]);
    }
  }

  #variable({ data, shape }: Tensor): TensorFlowTensor {
    return this.#tf.variable(this.#tf.tensor(data, shape));
  }

  #conv2d({ filters, size, strides, padding, bias }: PeerLayerOf<'conv2d'>): Unary {
    const tf = this.#tf;
    const { data, shape } = channelsLast(this.#parameter([filters, this.#channels, size, size]));
    const kernel = tf.variable(tf.transpose(tf.tensor(data, shape), [1, 2, 3, 0]));
    this.#channels = filters;
    if (!bias) return (x) => tf.conv2d(x, kernel, strides, padding);
    const offset = this.#variable(this.#parameter([filters]));
    return (x) => tf.add(tf.conv2d(x, kernel, strides, padding), offset);
  }

  #batchNorm(): Unary {
    const tf = this.#tf;
    const scale = this.#variable(this.#parameter([this.#channels]));
    const offset = this.#variable(this.#parameter([this.#channels]));
    const epsilon = tf.scalar(1e-5);
    const batchAndCells = [0, 1, 2];
    return (x) => {
      const centred = tf.sub(x, tf.mean(x, batchAndCells));
      const variance = tf.mean(tf.square(centred), batchAndCells);
      return tf.add(tf.mul(centred, tf.mul(tf.rsqrt(tf.add(variance, epsilon)), scale)), offset);
    };
  }

  #dense({ units, planes }: PeerLayerOf<'dense'>): Unary {
    const tf = this.#tf;
    const inputs = planes ? planes[0] * planes[1] * planes[2] : this.#channels;
    const { data, shape } = denseChannelsLast(this.#parameter([units, inputs]), planes);
    const kernel = tf.variable(tf.transpose(tf.tensor(data, shape)));
    const offset = this.#variable(this.#parameter([units]));
    this.#channels = units;
    return (x) => tf.add(tf.matMul(tf.reshape(x, [-1, inputs]), kernel), offset);
  }

  #residual({ strides, zeros, layers }: PeerLayerOf<'residual'>): Unary {
    const tf = this.#tf;
    const forward = this.build(layers);
    if (strides === 1) return (x) => tf.add(forward(x), x);
    const sides: [number, number][] = [
      [0, 0],
      [0, 0],
      [0, 0],
      [zeros, zeros],
    ];
    // Slices with strides have no gradient there; means of one number do.
    const shortcut: Unary = (x) => tf.pad(tf.avgPool(x, 1, strides, 'valid'), sides);
    return (x) => tf.add(forward(x), shortcut(x));
  }
}
