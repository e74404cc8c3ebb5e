// jax-js as a contender, on its back end `wasm`. Activations are (N, C, H, W).
import { join } from 'node:path';
import type { Shape } from '@convoy/tensor';
import { eachBatch, type Job, parameterSource, targetRows } from '../jobs/job.ts';
import { requireFrom } from '../packages.ts';
import type { PeerSettings, StartPeer } from './adapter.ts';
import type { Jax, JaxArray, Loss, Sides, Unary } from './jax-library.ts';
import { functionOfLayers, type LayerFunctions } from './layer-functions.ts';
import { offerWebWorkers } from './web-workers.ts';

export const startPeer: StartPeer = async (job, settings) => {
  const { jax, version } = await load(settings);
  const initial: JaxArray[] = [];
  const apply = functionOfLayers(job, layerFunctions(jax, job, initial));
  const forward: Forward = (parameters, x) => {
    const rest = parameters.values();
    return apply(x, () => rest.next().value as JaxArray);
  };
  const step = jax.jit(stepOf(jax, job, forward));
  const batches = eachBatch(job, (inputs, labels) => batchOf(jax, job, inputs, labels));
  let parameters: readonly JaxArray[] = initial;
  let velocities: readonly JaxArray[] = initial.map(({ shape }) => jax.numpy.zeros(shape));
  return {
    version: `jax-js ${version}`,
    train: async (from, steps) => {
      let last = Number.NaN;
      for (let i = 0; i < steps; i++) {
        const { x, y } = batches[from + i] as Batch;
        const [loss, ...state] = step([...parameters], [...velocities], x.ref, y.ref);
        parameters = state.slice(0, initial.length);
        velocities = state.slice(initial.length);
        if (i === steps - 1) last = (await loss.data())[0] as number;
        else loss.dispose();
      }
      // Calls only queue their work; the time must include the work itself.
      await jax.blockUntilReady([...parameters, ...velocities]);
      return last;
    },
  };
};

async function load({ threads, packages }: PeerSettings): Promise<{ readonly jax: Jax; readonly version: string }> {
  if (threads > 1) offerWebWorkers();
  const require = requireFrom(packages);
  const jax: Jax = require('@jax-js/jax');
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  return { jax, version: require(join(packages, 'node_modules/@jax-js/jax/package.json')).version };
}

interface Batch {
  readonly x: JaxArray;
  /** (N, outputs): values, or one-hot classes. */
  readonly y: JaxArray;
}

function batchOf({ numpy }: Jax, job: Job, inputs: Float32Array, labels: Float32Array): Batch {
  const x = numpy.array(inputs).reshape([job.batchSize, ...job.inputs.shape.slice(1)]);
  const targets = targetRows(job, labels);
  return { x, y: numpy.array(targets.data).reshape(targets.shape) };
}

type Forward = (parameters: readonly JaxArray[], x: JaxArray) => JaxArray;
type Step = (
  parameters: JaxArray[],
  velocities: JaxArray[],
  x: JaxArray,
  y: JaxArray,
) => readonly [JaxArray, ...JaxArray[]];

/** A step of training: returns the loss, then the new parameters, then the new velocities. */
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

/** A layer as a function of its input and of a function that returns the next parameter. */
type Apply = (x: JaxArray, next: () => JaxArray) => JaxArray;

/** @param initial receives the initial value of each parameter, in the order in which the functions take their parameters */
function layerFunctions({ lax, nn, numpy }: Jax, job: Job, initial: JaxArray[]): LayerFunctions<Apply> {
  const parameter = parameterSource(job);
  /** Some parameters need another shape, so that they are broadcast over pixels. */
  const take = (shape: Shape, broadcastShape = shape) =>
    void initial.push(numpy.array(parameter(shape).data).reshape(broadcastShape));
  return {
    conv2d({ filters, size, strides, padding, bias }, channels) {
      take([filters, channels, size, size]);
      if (bias) take([filters], [filters, 1, 1]);
      const sides: Sides = [
        [padding, padding],
        [padding, padding],
      ];
      return (x, next) => {
        const y = lax.conv(x, next(), [strides, strides], sides);
        return bias ? y.add(next()) : y;
      };
    },
    batchNorm(channels) {
      for (let i = 0; i < 2; i++) take([channels], [channels, 1, 1]);
      const overBatch: Unary = (x) => x.mean([0, 2, 3], { keepdims: true });
      return (x, next) => {
        const centered = x.ref.sub(overBatch(x));
        const deviation = numpy.sqrt(overBatch(numpy.square(centered.ref)).add(1e-5));
        return centered.mul(numpy.reciprocal(deviation).mul(next())).add(next());
      };
    },
    dense({ units }, features) {
      take([units, features]);
      take([units]);
      return (x, next) => numpy.dot(x.reshape([-1, features]), next().transpose()).add(next());
    },
    residual({ strides, zeros }, inner) {
      if (strides === 1) return (x, next) => inner(x.ref, next).add(x);
      const sides: Sides = [
        [0, 0],
        [zeros, zeros],
        [0, 0],
        [0, 0],
      ];
      return (x, next) => {
        const everyOther = lax.reduceWindow(x.ref, (window) => window.sum(), [1, 1], [strides, strides]);
        return inner(x, next).add(numpy.pad(everyOther, sides));
      };
    },
    relu: (x) => nn.relu(x),
    sigmoid: (x) => nn.sigmoid(x),
    maxPool: (x) => lax.reduceWindow(x, (window) => window.max(), [2, 2], [2, 2]),
    globalAvgPool: (x) => x.mean([2, 3]),
    sequence: (functions) => (x, next) => functions.reduce((value, apply) => apply(value, next), x),
  };
}
