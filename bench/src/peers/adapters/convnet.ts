// ConvNetJS as a contender. It computes in float64, one sample at a time, on one thread.
import { Tensor } from '@convoy/tensor';
import { eachBatch, type Job, type PeerLayer, parameterSource } from '../jobs/job.ts';
import { requireFrom } from '../packages.ts';
import type { StartPeer } from './adapter.ts';
import { channelsLast, denseChannelsLast } from './channels-last.ts';

/** The values of planes, channels last. */
interface Volume {
  readonly w: Float64Array;
}

interface Library {
  readonly Vol: new (width: number, height: number, depth: number, fill: number) => Volume;
  readonly Net: new () => Net;
  readonly Trainer: new (
    net: Net,
    options: {
      readonly learning_rate: number;
      readonly momentum: number;
      readonly batch_size: number;
    },
  ) => { train(x: Volume, y: number | readonly number[]): { readonly cost_loss: number } };
}

interface Net {
  readonly layers: readonly { readonly filters?: readonly Volume[]; readonly biases?: Volume }[];
  makeLayers(definitions: readonly Readonly<Record<string, string | number>>[]): void;
}

export const startPeer: StartPeer = (job, { packages }) => {
  const require = requireFrom(packages);
  const library: Library = require('convnetjs');
  const net = new library.Net();
  net.makeLayers(definitionsOf(job));
  setParameters(net, job);
  const { batchSize, learningRate: learning_rate, momentum, targets } = job;
  const trainer = new library.Trainer(net, { learning_rate, momentum, batch_size: batchSize });
  const batches = eachBatch(job, (inputs, labels) => samplesOf(library, job, inputs, labels));
  // ConvNetJS counts the sum of (t − y)² twice, which is four times half of the sum.
  const factor = (targets === 'values' ? 1 / 4 : 1) / batchSize;
  return {
    version: `ConvNetJS ${require('convnetjs/package.json').version}`,
    train: (from, steps) => {
      let sum = 0;
      for (let batch = from; batch < from + steps; batch++) {
        sum = 0;
        for (const { x, y } of batches[batch] as readonly Sample[]) sum += trainer.train(x, y).cost_loss;
      }
      return sum * factor;
    },
  };
};

interface Sample {
  readonly x: Volume;
  readonly y: number | readonly number[];
}

function samplesOf({ Vol }: Library, job: Job, inputs: Float32Array, labels: Float32Array): readonly Sample[] {
  const [, channels = 0, height = 0, width = 0] = job.inputs.shape;
  const planes = channelsLast(new Tensor(inputs, [job.batchSize, channels, height, width]));
  const size = planes.data.length / job.batchSize;
  const values = labels.length / job.batchSize;
  return Array.from({ length: job.batchSize }, (_, sample) => {
    const x = new Vol(width, height, channels, 0);
    x.w.set(planes.data.subarray(sample * size, (sample + 1) * size));
    const y = Array.from(labels.subarray(sample * values, (sample + 1) * values));
    return { x, y: job.targets === 'values' ? y : (y[0] as number) };
  });
}

function definitionsOf({ inputs, layers, targets }: Job): readonly Readonly<Record<string, string | number>>[] {
  const [, out_depth = 0, out_sy = 0, out_sx = 0] = inputs.shape;
  const last = layers.at(-1);
  if (last?.kind !== 'dense') throw new Error('its last layer must be a dense layer');
  return [
    { type: 'input', out_sx, out_sy, out_depth },
    ...layers.slice(0, -1).map(definitionOf),
    targets === 'values'
      ? { type: 'regression', num_neurons: last.units }
      : { type: 'softmax', num_classes: last.units },
  ];
}

function definitionOf(layer: PeerLayer): Readonly<Record<string, string | number>> {
  switch (layer.kind) {
    case 'conv2d':
      return { type: 'conv', sx: layer.size, filters: layer.filters, stride: layer.strides, pad: layer.padding };
    case 'dense':
      return { type: 'fc', num_neurons: layer.units };
    case 'maxPool':
      return { type: 'pool', sx: 2, stride: 2 };
    case 'relu':
    case 'sigmoid':
      return { type: layer.kind };
    default:
      throw new Error(`it has no layer for '${layer.kind}'`);
  }
}

/** The net's layers with parameters are the same as those of the job, in the same order; each of their filters is a volume. */
function setParameters({ layers }: Net, job: Job): void {
  const parameter = parameterSource(job);
  const trained = layers.filter(({ filters }) => filters).values();
  let channels = job.inputs.shape[1] as number;
  for (const layer of job.layers) {
    if (layer.kind !== 'conv2d' && layer.kind !== 'dense') continue;
    const { filters = [], biases } = trained.next().value ?? {};
    const kernel =
      layer.kind === 'conv2d'
        ? channelsLast(parameter([filters.length, channels, layer.size, layer.size]))
        : denseChannelsLast(parameter([filters.length, filters[0]?.w.length ?? 0]), layer.planes);
    const size = kernel.data.length / filters.length;
    for (const [f, { w }] of filters.entries()) w.set(kernel.data.subarray(f * size, (f + 1) * size));
    biases?.w.set(parameter([filters.length]).data);
    channels = filters.length;
  }
}
