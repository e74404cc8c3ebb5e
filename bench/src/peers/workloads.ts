// What is trained side by side: each workload as a model of ours and as a list for peers, with first values and data.
import { join } from 'node:path';
import { writeSafetensors } from '@convoy/formats';
import {
  conv2d,
  dense,
  flatten,
  type Model,
  maxPool2d,
  meanSquaredError,
  parametersOf,
  sequential,
  sgd,
  sigmoid,
  softmaxCrossEntropy,
} from '@convoy/layers';
import { cifarCnn, lenet5, resnet20 } from '@convoy/layers/zoo';
import { RandomStream, type Shape, sizeOf, Tensor } from '@convoy/tensor';
import { CLASSES, INPUTS, LABELS, type PeerLayer, type PeerLayerOf, RECIPE, type Recipe } from './job.ts';

export interface PeerWorkload {
  readonly name: string;
  readonly batchSize: number;
  /** Samples in memory, the same for every contender. */
  readonly samples: number;
  readonly model: () => Model;
  readonly layers: readonly PeerLayer[];
  readonly targets: Recipe['targets'];
  readonly learningRate: number;
}

const MOMENTUM = 0.9;

const convolution = (filters: number, size: number, options: Partial<PeerLayerOf<'conv2d'>> = {}): PeerLayer => ({
  kind: 'conv2d',
  filters,
  size,
  strides: 1,
  padding: 0,
  bias: true,
  ...options,
});
const normalized = (filters: number, strides = 1): readonly PeerLayer[] => [
  convolution(filters, 3, { strides, padding: 1, bias: false }),
  { kind: 'batchNorm' },
];
const relu: PeerLayer = { kind: 'relu' };
const maxPool: PeerLayer = { kind: 'maxPool' };

/** The network of the worked example: 5×5 cells, one kernel of 2×2, two outputs. */
const tiny: PeerWorkload = {
  name: 'tiny',
  batchSize: 1,
  samples: 16_384,
  model: () =>
    sequential({ input: [1, 5, 5] }, [
      conv2d({ filters: 1, kernelSize: 2 }),
      maxPool2d({ size: 2 }),
      sigmoid(),
      flatten(),
      dense({ units: 2 }),
    ]),
  layers: [convolution(1, 2), maxPool, { kind: 'sigmoid' }, { kind: 'dense', units: 2, planes: [1, 2, 2] }],
  targets: 'values',
  learningRate: 0.01,
};

const lenet: PeerWorkload = {
  name: 'lenet',
  batchSize: 64,
  samples: 2048,
  model: lenet5,
  layers: [
    ...[convolution(6, 5, { padding: 2 }), relu, maxPool],
    ...[convolution(16, 5), relu, maxPool],
    ...[{ kind: 'dense', units: 120, planes: [16, 5, 5] } as const, relu],
    ...[{ kind: 'dense', units: 84 } as const, relu, { kind: 'dense', units: CLASSES } as const],
  ],
  targets: 'classes',
  learningRate: 0.01,
};

const cifar: PeerWorkload = {
  name: 'cifar',
  batchSize: 64,
  samples: 512,
  model: cifarCnn,
  layers: [
    ...[32, 64].flatMap((filters) => {
      const filtered = [convolution(filters, 3, { padding: 1 }), relu];
      return [...filtered, ...filtered, maxPool];
    }),
    ...[{ kind: 'dense', units: 128, planes: [64, 8, 8] } as const, relu, { kind: 'dense', units: CLASSES } as const],
  ],
  targets: 'classes',
  learningRate: 0.002,
};

const residualBlock = (filters: number, block: number): readonly PeerLayer[] => {
  const isSmaller = block === 0 && filters > 16;
  const [strides, zeros] = isSmaller ? [2, filters / 4] : [1, 0];
  const layers = [...normalized(filters, strides), relu, ...normalized(filters)];
  return [{ kind: 'residual', strides, zeros, layers }, relu];
};

/** Batches are normalized as a whole, as peers do. */
const resnet: PeerWorkload = {
  name: 'resnet20',
  batchSize: 64,
  samples: 512,
  model: () => resnet20({ sync: true }),
  layers: [
    ...[...normalized(16), relu],
    ...[16, 32, 64].flatMap((filters) => [0, 1, 2].flatMap((block) => residualBlock(filters, block))),
    ...[{ kind: 'globalAvgPool' } as const, { kind: 'dense', units: CLASSES } as const],
  ],
  targets: 'classes',
  learningRate: 0.002,
};

export const workloads: readonly PeerWorkload[] = [tiny, lenet, cifar, resnet];

/** @throws TypeError if there is none of this name */
export function workloadOf(name: string): PeerWorkload {
  const workload = workloads.find((one) => one.name === name);
  if (workload) return workload;
  throw new TypeError(`There is no workload '${name}'; there are ${workloads.map((one) => one.name).join(', ')}.`);
}

const recipeOf = ({ name, layers, targets, learningRate }: PeerWorkload): Recipe => ({
  ...{ workload: name, layers, targets, learningRate },
  momentum: MOMENTUM,
});

/** How our trainer is told of it. */
export const lossAndOptimizer = ({ targets, learningRate, momentum }: Recipe) => ({
  loss: targets === 'classes' ? softmaxCrossEntropy() : meanSquaredError({ reduction: 'halfSum' }),
  optimizer: sgd({ learningRate, momentum }),
});

/** The options of a trainer for a workload. */
export const trainerOptions = (workload: PeerWorkload) => ({
  ...{ model: workload.model(), batchSize: workload.batchSize },
  ...lossAndOptimizer(recipeOf(workload)),
});

/** Writes what all contenders read; see `readJob`. @returns the path of the file */
export async function writeJob(folder: string, workload: PeerWorkload): Promise<string> {
  const { name, targets, samples } = workload;
  const model = workload.model();
  const tensors = new Map<string, Tensor>();
  for (const parameter of parametersOf(model)) {
    if (!parameter.movingAverage) tensors.set(parameter.name, firstValues(parameter.name, parameter.shape));
  }
  tensors.set(INPUTS, uniforms(INPUTS, [samples, ...model.input], 0, 1));
  const classes = new RandomStream(0, LABELS);
  const drawn = Float32Array.from({ length: samples }, (_, sample) => classes.uint32(sample) % CLASSES);
  tensors.set(
    LABELS,
    targets === 'classes' ? new Tensor(drawn, [samples]) : uniforms(LABELS, [samples, ...model.output], -1, 1),
  );
  const path = join(folder, `${name}.safetensors`);
  await writeSafetensors(path, tensors, { [RECIPE]: JSON.stringify(recipeOf(workload)) });
  return path;
}

/**
 * Kernels within √(3 / inputs), all else near 1: if all numbers of a pooling window are negative, TensorFlow.js's wasm back end
 * computes other gradients than everybody else.
 */
function firstValues(name: string, shape: Shape): Tensor {
  if (!name.endsWith('.kernel')) return uniforms(name, shape, 1 - 1 / 8, 1 + 1 / 8);
  const limit = Math.sqrt(3 / sizeOf(shape.slice(1)));
  return uniforms(name, shape, -limit, limit);
}

function uniforms(purpose: string, shape: Shape, from: number, to: number): Tensor {
  const stream = new RandomStream(0, purpose);
  const numbers = Float32Array.from({ length: sizeOf(shape) }, (_, i) => from + (to - from) * stream.uniform(i));
  return new Tensor(numbers, shape);
}
