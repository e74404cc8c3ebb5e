// Who is timed, with which settings.
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Simd } from '@convoy/trainer';
import type { PeerSettings } from './peer.ts';

export interface Contender {
  readonly name: string;
  /** What it is a variant of; a report tells which variant is the fastest. */
  readonly system: string;
  readonly command: string;
  /** Before the job's file, the batch size and the settings. */
  readonly arguments: readonly string[];
  /** Beside the environment of this process; what is undefined is taken out of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: Omit<PeerSettings, 'packages'>;
  /** Batches of those workloads whose own would take it minutes a step. */
  readonly smallerBatches?: Readonly<Record<string, number>>;
}

export const CONVOY = 'Convoy';

/** One thread, and all cores if there are more. */
const threadCounts = (): readonly number[] => [...new Set([1, availableParallelism()])];

const count = (threads: number, unit: string): string => `${threads} ${unit}${threads === 1 ? '' : 's'}`;

/** A contender that runs in Node. */
function inNode(system: string, adapter: string, settings: Contender['settings'], name: string): Contender {
  // Built or not, the modules lie next to this one.
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const program = fileURLToPath(new URL(`contender${extension}`, import.meta.url));
  return {
    name,
    system,
    command: process.execPath,
    arguments: [...process.execArgv, program, `./${adapter}${extension}`],
    environment: {},
    settings,
  };
}

/** Also with vectors of 256 bits; where V8 does not make them, such a contender cannot train. */
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

/** OpenBLAS is to look at the machine itself, whatever the environment says of it. */
const asDetected = { OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined };

/** With OpenBLAS's own threads, if PyTorch was built with it, and without. */
async function pytorch(): Promise<readonly Contender[]> {
  const python = await findPython();
  return threadCounts().flatMap((threads) =>
    ['plain', 'channels-last'].flatMap((backend) =>
      ['', ', BLAS 1'].map((blas) => ({
        name: `PyTorch, ${count(threads, 'thread')}, ${backend}${blas}`,
        system: 'PyTorch',
        command: python,
        arguments: [fileURLToPath(new URL('../../peers/pytorch.py', import.meta.url))],
        environment: { ...asDetected, ...(blas ? { OPENBLAS_NUM_THREADS: '1' } : {}) },
        settings: { threads, backend },
      })),
    ),
  );
}

/** The first Python that has PyTorch: $PYTHON, the one in the path, Debian's. */
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
