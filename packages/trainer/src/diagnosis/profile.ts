// How much time workers spend, by activity and by layer.
import { callsOf, type Pass, type Plan } from '@convoy/layers/compile';
import { checkOptions, listOf, numberIn, recordOf } from '@convoy/tensor/checks';
import { formatTable } from '@convoy/tensor/table';
import { timesOf } from '../shared/times.ts';
import type { TrainingMemory } from '../shared/training-memory.ts';
import { Activity } from '../shared/worker-status.ts';

/** An activity of a worker that is measured. */
export type ProfiledActivity = Exclude<keyof typeof Activity, 'idle' | 'called'>;

/** The time of one worker in all segments so far, in milliseconds. */
export interface WorkerProfile {
  /** `update` is the reduction of the gradients with the update, `wait` the time in which it waits for other workers, `data` for samples. */
  readonly activities: Readonly<Record<ProfiledActivity, number>>;
  /** The time in kernels, by layer, and by loss and metric. */
  readonly layers: Readonly<Record<string, { readonly forward: number; readonly backward: number }>>;
}

/** Where the workers of a trainer have spent their time. */
export interface Profile {
  /** By rank. */
  readonly workers: readonly WorkerProfile[];
}

const PROFILED = Object.keys(Activity).filter((name) => name !== 'idle' && name !== 'called') as ProfiledActivity[];

const milliseconds = numberIn({ atLeast: 0 });

const workerCheck = (name: string, value: unknown) =>
  checkOptions(name, value as WorkerProfile, {
    activities: recordOf(milliseconds),
    layers: recordOf((layer, times) =>
      checkOptions(layer, times as WorkerProfile['layers'][string], { forward: milliseconds, backward: milliseconds }),
    ),
  });

export function profileOf(plan: Plan, { memory, layout }: TrainingMemory): Profile {
  const workers = layout.engines.map((_, rank): WorkerProfile => {
    const { activities, kernels } = timesOf(memory.buffer, layout, rank, plan.exportNames.length);
    const layers: Record<string, { forward: number; backward: number }> = {};
    const add = (pass: Pass, direction: 'forward' | 'backward') => {
      for (const { layer, kernel, laterKernel } of new Set(callsOf(plan, pass))) {
        layers[layer] ??= { forward: 0, backward: 0 };
        const times = layers[layer];
        for (const number of new Set([kernel, laterKernel])) times[direction] += kernels[number] as number;
      }
    };
    add('forward', 'forward');
    add('loss', 'forward');
    add('backward', 'backward');
    const entries = PROFILED.map((name) => [name, activities[Activity[name]] as number]);
    return { activities: Object.fromEntries(entries) as WorkerProfile['activities'], layers };
  });
  return { workers };
}

/**
 * A table with one column per worker: activities, then layers, in milliseconds and as shares of the worker's time.
 * @throws ConvoyError CONVOY_INVALID_OPTION for anything else than what `profile` of a trainer returns
 */
export function formatProfile(profile: Profile): string {
  const { workers } = checkOptions('formatProfile', profile, { workers: listOf(workerCheck) });
  const totals = workers.map(({ activities }) => PROFILED.reduce((sum, name) => sum + (activities[name] ?? 0), 0));
  const row = (name: string, times: readonly number[]): string[] => [
    name,
    ...times.map((time, rank) => {
      const share = (100 * time) / (totals[rank] || 1);
      return `${time.toFixed(1)} ms ${share.toFixed(1).padStart(5)} %`;
    }),
  ];
  const layers = Object.keys(workers[0]?.layers ?? {});
  const rows = [
    ['', ...workers.map((_, rank) => `worker ${rank}`)],
    ...PROFILED.map((name) =>
      row(
        name,
        workers.map(({ activities }) => activities[name] ?? 0),
      ),
    ),
    row('all', totals),
    ...layers.flatMap((layer) =>
      (['forward', 'backward'] as const)
        .map((direction) =>
          row(
            `${layer}, ${direction}`,
            workers.map((worker) => worker.layers[layer]?.[direction] ?? 0),
          ),
        )
        .filter((_, i) => i === 0 || workers.some((worker) => (worker.layers[layer]?.backward ?? 0) > 0)),
    ),
  ];
  return formatTable(rows, { header: 1 });
}
