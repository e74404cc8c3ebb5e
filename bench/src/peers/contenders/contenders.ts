// The frameworks that are timed, each with several settings.
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Simd } from '@convoy/trainer';
import type { PeerSettings } from '../adapters/adapter.ts';

export interface Contender {
  readonly name: string;
  /** The framework; a report marks the fastest contender of each framework. */
  readonly system: string;
  readonly command: string;
  /** The arguments before the file of the job, the batch size and the settings. */
  readonly arguments: readonly string[];
  /** Variables added to the environment of this process; those that are undefined are removed from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: Omit<PeerSettings, 'packages'>;
  /** Smaller batches for workloads whose own batches would take the contender minutes per step, by workload. */
  readonly smallerBatches?: Readonly<Record<string, number>>;
}

export const CONVOY = 'Convoy';

/** One thread, and one per core if there are several cores. */
const threadCounts = (): readonly number[] => [...new Set([1, availableParallelism()])];

const count = (threads: number, unit: string): string => `${threads} ${unit}${threads === 1 ? '' : 's'}`;

/** A contender that runs in Node. */
function inNode(system: string, adapter: string, settings: Contender['settings'], name: string): Contender {
  // From source and from `dist` alike, the programs have the same places relative to this module.
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const program = fileURLToPath(new URL(`contender-process${extension}`, import.meta.url));
  return {
    name,
    system,
    command: process.execPath,
    arguments: [...process.execArgv, program, `../adapters/${adapter}${extension}`],
    environment: {},
    settings,
  };
}

/** Convoy with 128-bit and with 256-bit vectors; where V8 cannot make 256-bit vectors, the wide contender reports that it cannot train. */
export const convoyContenders = (kinds: readonly Simd[] = ['strict', 'wide']): readonly Contender[] =>
  kinds.flatMap((simd) =>
    threadCounts().map((threads) => {
      const name = `Convoy${simd === 'wide' ? ' wide' : ''}, ${count(threads, 'worker')}`;
      return inNode(CONVOY, 'convoy', { threads, backend: simd }, name);
    }),
  );

const tensorflow = [
  {
    ...inNode('TensorFlow.js', 'tensorflow', { threads: 1, backend: 'cpu' }, 'TensorFlow.js cpu'),
    smallerBatches: { lenet: 8, cifar: 4, resnet20: 2 },
  },
  ...threadCounts().map((threads) =>
    inNode(
      'TensorFlow.js',
      'tensorflow',
      { threads, backend: 'wasm' },
      `TensorFlow.js wasm, ${count(threads, 'thread')}`,
    ),
  ),
];

const jax = threadCounts().map((threads) => ({
  ...inNode('jax-js', 'jax', { threads }, `jax-js wasm, ${count(threads, 'thread')}`),
  smallerBatches: { cifar: 4, resnet20: 4 },
}));

const convnet = {
  ...inNode('ConvNetJS', 'convnet', { threads: 1 }, 'ConvNetJS'),
  smallerBatches: { cifar: 4 },
};

/** OpenBLAS must detect the processor by itself, whatever the environment says. */
const detectedCore = { OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined };

/** PyTorch with the threads of OpenBLAS, if it was built with OpenBLAS, and without them. */
async function pytorch(): Promise<readonly Contender[]> {
  const python = await findPython();
  return threadCounts().flatMap((threads) =>
    ['plain', 'channels-last'].flatMap((backend) =>
      ['', ', BLAS 1'].map((blas) => ({
        name: `PyTorch, ${count(threads, 'thread')}, ${backend}${blas}`,
        system: 'PyTorch',
        command: python,
        arguments: [fileURLToPath(new URL('../../../peers/pytorch.py', import.meta.url))],
        environment: { ...detectedCore, ...(blas ? { OPENBLAS_NUM_THREADS: '1' } : {}) },
        settings: { threads, backend },
      })),
    ),
  );
}

/** The first Python with PyTorch among $PYTHON, the one in the path, and Debian's. */
async function findPython(): Promise<string> {
  const { PYTHON = 'python3' } = process.env;
  for (const python of [PYTHON, 'python3', '/usr/bin/python3']) {
    const found = await promisify(execFile)(python, ['-c', 'import torch']).then(
      () => true,
      () => false,
    );
    if (found) return python;
  }
  return 'python3';
}

export const contenders = async (): Promise<readonly Contender[]> => [
  ...convoyContenders(),
  ...(await pytorch()),
  ...tensorflow,
  ...jax,
  convnet,
];
