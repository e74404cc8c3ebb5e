// jax-js as a contender, on its back end `wasm`. Activations are (N, C, H, W). Its functions take over their arguments; `.ref` keeps one.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Shape } from '@convoy/tensor';
import { eachBatch, type Job, oneHot, type PeerLayer, type PeerLayerOf, parameterSource } from './job.ts';
import type { PeerSettings, StartPeer } from './peer.ts';
import { offerWebWorkers } from './web-workers.ts';

/** What is used of an array there. */
interface JaxArray {
  readonly shape: readonly number[];
  /** The array once more, for another use. */
  readonly ref: JaxArray;
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  sum(axis?: number): JaxArray;
  mean(axis?: readonly number[] | null, options?: { readonly keepdims: boolean }): JaxArray;
  max(): JaxArray;
  transpose(): JaxArray;
  reshape(shape: readonly number[]): JaxArray;
  dispose(): void;
  data(): Promise<Float32Array>;
}

type Unary = (x: JaxArray) => JaxArray;
type Sides = readonly (readonly [number, number])[];
/** The gradients come in the form of the first argument. */
type Loss = (parameters: JaxArray[], x: JaxArray, y: JaxArray) => JaxArray;

/** What is used of the library. */
interface Jax {
  readonly init: (device: 'wasm') => Promise<readonly string[]>;
  readonly defaultDevice: (device: 'wasm') => void;
  readonly jit: <F>(f: F) => F;
  readonly valueAndGrad: (f: Loss) => (...values: Parameters<Loss>) => [JaxArray, JaxArray[]];
  readonly blockUntilReady: (arrays: unknown) => Promise<unknown>;
  readonly numpy: {
    readonly array: (data: Float32Array) => JaxArray;
    readonly dot: (a: JaxArray, b: JaxArray) => JaxArray;
    readonly square: Unary;
    readonly sqrt: Unary;
    readonly reciprocal: Unary;
    readonly pad: (x: JaxArray, sides: Sides) => JaxArray;
    readonly zeros: (shape: readonly number[]) => JaxArray;
  };
  readonly lax: {
    readonly conv: (x: JaxArray, kernel: JaxArray, strides: readonly number[], padding: Sides) => JaxArray;
    readonly reduceWindow: (x: JaxArray, f: Unary, window: readonly number[], strides: readonly number[]) => JaxArray;
  };
  readonly nn: {
    readonly relu: Unary;
    readonly sigmoid: Unary;
    readonly logSoftmax: (x: JaxArray, axis: number) => JaxArray;
  };
}

export const startPeer: StartPeer = async (job, settings) => {
  const { jax, version } = await load(settings);
  const { forward, first } = new Builder(jax, job).build();
  const step = jax.jit(stepOf(jax, job, forward));
  const batches = eachBatch(job, (inputs, labels) => batchOf(jax, job, inputs, labels));
  let parameters: readonly JaxArray[] = first;
  let velocities: readonly JaxArray[] = first.map(({ shape }) => jax.numpy.zeros(shape));
  return {
    version: `jax-js ${version}`,
    train: async (from, steps) => {
      let last = Number.NaN;
      for (let i = 0; i < steps; i++) {
        const { x, y } = batches[from + i] as Batch;
        const [loss, ...state] = step([...parameters], [...velocities], x.ref, y.ref);
        parameters = state.slice(0, first.length);
        velocities = state.slice(first.length);
        if (i === steps - 1) last = (await loss.data())[0] as number;
        else loss.dispose();
      }
      // Work that is merely ordered is not done yet.
      await jax.blockUntilReady([...parameters, ...velocities]);
      return last;
    },
  };
};

async function load({ threads, packages }: PeerSettings): Promise<{ readonly jax: Jax; readonly version: string }> {
  if (threads > 1) offerWebWorkers();
  const require = createRequire(join(packages, 'package.json'));
  const jax: Jax = require('@jax-js/jax');
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  return { jax, version: require(join(packages, 'node_modules/@jax-js/jax/package.json')).version };
}

interface Batch {
  readonly x: JaxArray;
  /** (N, outputs): values, or a one in the class's place. */
  readonly y: JaxArray;
}

function batchOf({ numpy }: Jax, job: Job, inputs: Float32Array, labels: Float32Array): Batch {
  const { batchSize, targets } = job;
  const x = numpy.array(inputs).reshape([batchSize, ...job.inputs.shape.slice(1)]);
  const rows = targets === 'classes' ? oneHot(labels) : labels;
  return { x, y: numpy.array(rows).reshape([batchSize, rows.length / batchSize]) };
}

type Forward = (parameters: readonly JaxArray[], x: JaxArray) => JaxArray;
type Step = (
  parameters: JaxArray[],
  velocities: JaxArray[],
  x: JaxArray,
  y: JaxArray,
) => readonly [JaxArray, ...JaxArray[]];

/** A step of training: the loss, then the new parameters, then the new velocities. */
function stepOf({ numpy, nn, valueAndGrad }: Jax, { targets, learningRate, momentum }: Job, forward: Forward): Step {
  const loss: Loss = (parameters, x, y) => {
    const outputs = forward(parameters, x);
    return targets === 'classes'
      ? nn.logSoftmax(outputs, -1).mul(y).sum(1).mean().mul(-1)
      : numpy
          .square(outputs.sub(y))
          .sum(1)
          .mean()
          .mul(1 / 2);
  };
  const gradient = valueAndGrad(loss);
  return (parameters, velocities, x, y) => {
    const [value, gradients] = gradient(
      parameters.map(({ ref }) => ref),
      x,
      y,
    );
    const next = velocities.map((velocity, i) => velocity.mul(momentum).add(gradients[i] as JaxArray));
    return [
      value,
      ...parameters.map((parameter, i) => parameter.sub((next[i] as JaxArray).ref.mul(learningRate))),
      ...next,
    ];
  };
}

/** A layer, given a way to take the next parameter. */
type Apply = (x: JaxArray, next: () => JaxArray) => JaxArray;

/** Makes a function of the layers, and collects first values in the order in which it takes its parameters. */
class Builder {
  readonly #jax: Jax;
  readonly #job: Job;
  readonly #parameter: ReturnType<typeof parameterSource>;
  readonly #first: JaxArray[] = [];
  #channels: number;

  constructor(jax: Jax, job: Job) {
    this.#jax = jax;
    this.#job = job;
    this.#parameter = parameterSource(job);
    this.#channels = job.inputs.shape[1] as number;
  }

  build(): { readonly forward: Forward; readonly first: readonly JaxArray[] } {
    const apply = this.#sequence(this.#job.layers);
    const forward: Forward = (parameters, x) => {
      const rest = parameters.values();
      return apply(x, () => rest.next().value as JaxArray);
    };
    return { forward, first: this.#first };
  }

  #sequence(layers: readonly PeerLayer[]): Apply {
    const functions = layers.map((layer) => this.#make(layer));
    return (x, next) => functions.reduce((value, apply) => apply(value, next), x);
  }

  #make(layer: PeerLayer): Apply {
    const { lax, nn } = this.#jax;
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
        return (x) => nn.relu(x);
      case 'sigmoid':
        return (x) => nn.sigmoid(x);
      case 'maxPool':
        return (x) => lax.reduceWindow(x, (window) => window.max(), [2, 2], [2, 2]);
      case 'globalAvgPool':
        return (x) => x.mean([2, 3]);
    }
  }

  #take(shape: Shape, form = shape): void {
    this.#first.push(this.#jax.numpy.array(this.#parameter(shape).data).reshape(form));
  }

  #conv2d({ filters, size, strides, padding, bias }: PeerLayerOf<'conv2d'>): Apply {
    const { lax } = this.#jax;
    this.#take([filters, this.#channels, size, size]);
    if (bias) this.#take([filters], [filters, 1, 1]);
    this.#channels = filters;
    const sides: Sides = [
      [padding, padding],
      [padding, padding],
    ];
    return (x, next) => {
      const y = lax.conv(x, next(), [strides, strides], sides);
      return bias ? y.add(next()) : y;
    };
  }

  #batchNorm(): Apply {
    const { numpy } = this.#jax;
    for (let i = 0; i < 2; i++) this.#take([this.#channels], [this.#channels, 1, 1]);
    const overBatch: Unary = (x) => x.mean([0, 2, 3], { keepdims: true });
    return (x, next) => {
      const centred = x.ref.sub(overBatch(x));
      const deviation = numpy.sqrt(overBatch(numpy.square(centred.ref)).add(1e-5));
      return centred.mul(numpy.reciprocal(deviation).mul(next())).add(next());
    };
  }

  #dense({ units, planes }: PeerLayerOf<'dense'>): Apply {
    const { numpy } = this.#jax;
    const inputs = planes ? planes[0] * planes[1] * planes[2] : this.#channels;
    this.#take([units, inputs]);
    this.#take([units]);
    this.#channels = units;
    return (x, next) => numpy.dot(x.reshape([-1, inputs]), next().transpose()).add(next());
  }

  #residual({ strides, zeros, layers }: PeerLayerOf<'residual'>): Apply {
    const { lax, numpy } = this.#jax;
    const apply = this.#sequence(layers);
    if (strides === 1) return (x, next) => apply(x.ref, next).add(x);
    const sides: Sides = [
      [0, 0],
      [zeros, zeros],
      [0, 0],
      [0, 0],
    ];
    return (x, next) => {
      const everyOther = lax.reduceWindow(x.ref, (window) => window.sum(), [1, 1], [strides, strides]);
      return apply(x, next).add(numpy.pad(everyOther, sides));
    };
  }
}
