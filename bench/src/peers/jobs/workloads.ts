// What is trained side by side: each workload as a model of Convoy, and as a list of layers for the peers.
import {
  conv2d,
  dense,
  flatten,
  type Model,
  maxPool2d,
  meanSquaredError,
  sequential,
  sgd,
  sigmoid,
  softmaxCrossEntropy,
} from '@convoy/layers';
import { cifarCnn, lenet5, resnet20 } from '@convoy/layers/zoo';
import { CLASSES, type JobDescription, type PeerLayer, type PeerLayerOf } from './job.ts';

export interface PeerWorkload {
  readonly name: string;
  readonly batchSize: number;
  /** The number of samples in memory, the same for every contender. */
  readonly samples: number;
  readonly model: () => Model;
  readonly layers: readonly PeerLayer[];
  readonly targets: JobDescription['targets'];
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

/** The network of the worked example: 5×5 pixels, one kernel of 2×2, two outputs. */
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

/** Whole batches are normalized, as the peers do. */
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

/** @throws TypeError if no workload has this name */
export function workloadOf(name: string): PeerWorkload {
  const workload = workloads.find((one) => one.name === name);
  if (workload) return workload;
  throw new TypeError(`There is no workload '${name}'; there are ${workloads.map((one) => one.name).join(', ')}.`);
}

export const descriptionOf = ({ name, layers, targets, learningRate }: PeerWorkload): JobDescription => ({
  ...{ workload: name, layers, targets, learningRate },
  momentum: MOMENTUM,
});

/** The loss and the optimizer as options of Convoy's trainer. */
export const lossAndOptimizer = ({ targets, learningRate, momentum }: JobDescription) => ({
  loss: targets === 'classes' ? softmaxCrossEntropy() : meanSquaredError({ reduction: 'halfSum' }),
  optimizer: sgd({ learningRate, momentum }),
});

/** The options of Convoy's trainer for a workload. */
export const trainerOptions = (workload: PeerWorkload) => ({
  ...{ model: workload.model(), batchSize: workload.batchSize },
  ...lossAndOptimizer(descriptionOf(workload)),
});
