// The suite `layers`: the share of each layer in the time of a training step, on one worker, and its speed.
import { MODEL_INPUT, type Model, type ModelLayer, modelCosts } from '@convoy/layers';
import { formatShape } from '@convoy/tensor';
import { formatTable } from '@convoy/tensor/table';
import { createTrainer, type Trainer, type WorkerProfile } from '@convoy/trainer';
import { median } from '../measuring/measurement.ts';
import { formatFigure, formatShare } from '../reports/figures.ts';
import {
  cifarWorkload,
  lenet5Workload,
  resnet20Workload,
  trainingOptions,
  type Workload,
} from '../trainings/workload.ts';

const BATCH_SIZE = 64;
const ROUNDS = 5;

/** Layers of one model with the same type, settings and shapes, or another activity of the worker. */
export interface LayerMeasurement {
  readonly workload: string;
  readonly name: string;
  readonly count: number;
  readonly forward: DirectionMeasurement;
  readonly backward: DirectionMeasurement;
}

interface DirectionMeasurement {
  /** The share of the time of a step; median over the rounds. */
  readonly share: number;
  /** GFLOP/s, counted as in a direct convolution; null for layers without multiply-adds. */
  readonly rate: number | null;
  /** The range of the shares of the rounds, relative to the median. */
  readonly noise: number;
}

/** Trains each workload in rounds and reads the profile of its trainer. */
export async function runLayers(quick: boolean): Promise<readonly LayerMeasurement[]> {
  const [few, more, many] = quick ? [64, 64, 64] : [128, 256, 4096];
  const workloads = [lenet5Workload(many), cifarWorkload(more), resnet20Workload(few)];
  const runs = workloads.map((workload) => ({ workload, rounds: [] as WorkerProfile[] }));
  const trainers: Trainer[] = [];
  try {
    for (const { model } of workloads) {
      trainers.push(
        await createTrainer({ model, batchSize: BATCH_SIZE, workers: 1, profile: true, ...trainingOptions() }),
      );
    }
    for (let round = 0; round <= (quick ? 1 : ROUNDS); round++) {
      for (const [i, { workload, rounds }] of runs.entries()) {
        const times = await profileOfEpoch(trainers[i] as Trainer, workload);
        // The first round compiles the code.
        if (round > 0) rounds.push(times);
      }
    }
  } finally {
    await Promise.all(trainers.map((trainer) => trainer.dispose()));
  }
  return runs.flatMap(({ workload, rounds }) => measurementsOf(workload, rounds));
}

/** The times that one epoch adds to the profile of a trainer. */
async function profileOfEpoch(trainer: Trainer, { bytes }: Workload): Promise<WorkerProfile> {
  const [before] = trainer.profile().workers as [WorkerProfile];
  await trainer.fit(bytes, { epochs: 1 });
  const [after] = trainer.profile().workers as [WorkerProfile];
  const layers = Object.entries(after.layers).map(([name, { forward, backward }]) => {
    const earlier = before.layers[name] ?? { forward: 0, backward: 0 };
    return [name, { forward: forward - earlier.forward, backward: backward - earlier.backward }] as const;
  });
  const activities = (Object.keys(after.activities) as (keyof WorkerProfile['activities'])[]).map(
    (name) => [name, after.activities[name] - before.activities[name]] as const,
  );
  return {
    activities: Object.fromEntries(activities) as WorkerProfile['activities'],
    layers: Object.fromEntries(layers),
  };
}

function measurementsOf({ name: workload, model, bytes }: Workload, rounds: readonly WorkerProfile[]) {
  const whole = rounds.map(({ activities }) => Object.values(activities).reduce((sum, time) => sum + time, 0));
  const direction = (timeOf: (round: WorkerProfile) => number, multiplyAdds: number): DirectionMeasurement => {
    const times = rounds.map(timeOf);
    const shares = times.map((time, round) => time / (whole[round] as number));
    const operations = 2 * multiplyAdds * bytes.length;
    return {
      share: median(shares),
      rate: operations > 0 ? operations / (median(times) * 1e6) : null,
      noise: (Math.max(...shares) - Math.min(...shares)) / (median(shares) || 1),
    };
  };
  const layers = alikeIn(model).map((layers): LayerMeasurement => {
    const timeOf = (part: 'forward' | 'backward') => (round: WorkerProfile) =>
      layers.reduce((sum, { name }) => sum + (round.layers[name]?.[part] ?? 0), 0);
    const { multiplyAdds } = modelCosts({ layers });
    const gradients = layers.reduce(
      (sum, layer) => sum + gradientsOf(layer) * modelCosts({ layers: [layer] }).multiplyAdds,
      0,
    );
    return {
      ...{ workload, name: labelOf(layers[0] as ModelLayer), count: layers.length },
      ...{ forward: direction(timeOf('forward'), multiplyAdds), backward: direction(timeOf('backward'), gradients) },
    };
  });
  const others = (['gather', 'loss', 'update'] as const).map(
    (name): LayerMeasurement => ({
      ...{ workload, name, count: 1 },
      ...{ forward: direction(({ activities }) => activities[name], 0), backward: direction(() => 0, 0) },
    }),
  );
  return [...layers.filter(({ forward, backward }) => forward.share + backward.share > 0), ...others];
}

/** The number of gradients of a layer: the first layer needs no input gradient. */
const gradientsOf = ({ from }: ModelLayer): number => (from.every((layer) => layer === MODEL_INPUT) ? 1 : 2);

/** The layers of a model, grouped by type, settings and shapes. */
function alikeIn({ layers }: Model): readonly (readonly ModelLayer[])[] {
  const groups = new Map<string, ModelLayer[]>();
  for (const layer of layers) {
    const key = `${labelOf(layer)} ${JSON.stringify(layer.layer.settings)} ${gradientsOf(layer)}`;
    groups.set(key, [...(groups.get(key) ?? []), layer]);
  }
  return [...groups.values()];
}

const labelOf = ({ layer, inputs, output }: ModelLayer): string =>
  `${layer.type} ${formatShape(inputs[0] ?? output)} → ${formatShape(output)}`;

export function formatLayers(measurements: readonly LayerMeasurement[]): string {
  const heading = ['', 'layers', 'forward', 'GFLOP/s', 'backward', 'GFLOP/s', 'noise'];
  const rate = (figure: number | null) => (figure === null ? '' : formatFigure(figure));
  const rows = measurements.map(({ workload, name, count, forward, backward }) => [
    `${workload}, ${name}`,
    `${count}`,
    formatShare(forward.share),
    rate(forward.rate),
    backward.share > 0 ? formatShare(backward.share) : '',
    rate(backward.rate),
    formatShare(Math.max(forward.noise, backward.noise)),
  ]);
  return [
    'Layers, shares of a training step, one worker, batch 64',
    formatTable([heading, ...rows], { header: 1 }),
  ].join('\n');
}
