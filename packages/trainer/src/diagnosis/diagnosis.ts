// What this machine and this process of Node offer to a trainer; `convoy doctor` prints it. Whatever is missing is a
// finding, never an error.
import { availableParallelism, cpus, totalmem } from 'node:os';
import { createDataset } from '@convoy/datasets';
import { lenet5, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { compilePlan } from '@convoy/layers/compile';
import { LANES } from '@convoy/layers/runtime';
import { ConvoyError, sizeOf } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { createSharedMemory } from '@convoy/tensor/memory';
import { tryWide } from '../simd/plan-module.ts';
import { compileWide } from '../simd/wide-module.ts';
import { createTrainer } from '../trainer.ts';
import { type BarrierTimes, barrierTimes } from './barrier-times.ts';
import { convolutionModule, convolutionSpeeds } from './convolution-speed.ts';

/** Why something is not available. */
interface Unavailable {
  readonly available: false;
  readonly obstacle: string;
}

/** Whether something is available, or why it is not. */
export type Availability = { readonly available: true } | Unavailable;

/** What this machine and this process of Node offer a trainer. */
export interface Diagnosis {
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly arch: string;
  readonly processor: string;
  /** The cores that this process may use; the default number of workers. */
  readonly cores: number;
  /** Bytes of the machine, and the bytes that this process may still allocate. */
  readonly memory: { readonly total: number; readonly available: number };
  /** Whether the process has WebAssembly; `node --jitless` has not. */
  readonly webAssembly: boolean;
  /** Whether WebAssembly has vectors of 128 bits. */
  readonly simd: boolean;
  /** Whether WebAssembly has memory that threads share. */
  readonly sharedMemory: Availability;
  /** Whether `simd: 'wide'` is available, after the self-test of LeNet-5, or why it is not. */
  readonly wide: Availability;
  /** The speed of a convolution on one core in 10⁹ operations per second; null where it cannot run. */
  readonly convolution: { readonly strict: number | null; readonly wide: number | null };
  /** Whether threads can be started, and how fast they are. */
  readonly threads: (BarrierTimes & { readonly available: true }) | Unavailable;
  /** Whether a trainer with one worker per core has taken a step of LeNet-5. It needs everything above except `wide`. */
  readonly training: Availability;
}

/** Takes about a second; for half of it the event loop is blocked. Starts as many threads as the process has cores. */
export async function diagnose(): Promise<Diagnosis> {
  const parts: Partial<Diagnosis> = {};
  for await (const part of diagnosisParts()) Object.assign(parts, part);
  return parts as Diagnosis;
}

/**
 * The parts of a diagnosis in the order in which they are found, those that could end the process last. A process that
 * is watched by another one, which gets the parts, leaves a trace of what ended it.
 */
export async function* diagnosisParts(): AsyncGenerator<Partial<Diagnosis>, void, void> {
  yield {
    node: process.versions.node,
    v8: process.versions.v8,
    platform: process.platform,
    arch: process.arch,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: { total: totalmem(), available: process.availableMemory() },
  };
  const webAssembly = typeof WebAssembly !== 'undefined';
  const convolution = convolutionModule();
  const simd = webAssembly && WebAssembly.validate(convolution.bytes);
  const sharedMemory = await found(allocateMemory);
  yield { webAssembly, simd, sharedMemory };
  const hasKernels = simd && sharedMemory.available;
  const wide = hasKernels ? wideHere() : NO_KERNELS;
  yield { wide };
  const modules = [
    ...(hasKernels ? [new WebAssembly.Module(convolution.bytes)] : []),
    ...(wide.available ? [compileWide(convolution.bytes)] : []),
  ];
  const speeds = hasKernels ? convolutionSpeeds(convolution, modules) : [];
  yield { convolution: { strict: speeds[0] ?? null, wide: speeds[1] ?? null } };
  const threads = await found(barrierTimes);
  yield { threads };
  yield { training: !hasKernels ? NO_KERNELS : threads.available ? await found(trainOneStep) : threads };
}

const NO_KERNELS: Unavailable = { available: false, obstacle: 'WebAssembly has no SIMD or no shared memory' };

/** Whether this works, with what it returns. */
async function found<T extends object>(
  run: () => T | Promise<T>,
): Promise<(T & { readonly available: true }) | Unavailable> {
  try {
    return { ...(await run()), available: true };
  } catch (error) {
    return { available: false, obstacle: obstacleOf(error) };
  }
}

/** The first line of the error; of a `ConvoyError` without what was expected, which is the thing itself. */
function obstacleOf(error: unknown): string {
  if (error instanceof ConvoyError) return `${error.given}. ${error.fix}`;
  const [line = ''] = (error instanceof Error ? error.message : describeValue(error)).split('\n');
  return line;
}

function allocateMemory(): object {
  createSharedMemory({ what: 'a test of shared memory', bytes: 1, fix: 'Free memory.' });
  return {};
}

const trainingOfLenet = () => ({
  model: lenet5(),
  loss: softmaxCrossEntropy(),
  optimizer: sgd({ learningRate: 0.05 }),
});

function wideHere(): Availability {
  const training = trainingOfLenet();
  const plan = compilePlan(training.model, training);
  const wide = tryWide({ ...training, plan, seed: 0 }, new WebAssembly.Module(plan.module));
  return wide instanceof WebAssembly.Module ? { available: true } : { available: false, obstacle: wide.obstacle };
}

/** Of LeNet-5, with one block for each worker. */
async function trainOneStep(): Promise<object> {
  const training = trainingOfLenet();
  const samples = LANES * availableParallelism();
  const data = createDataset({
    inputs: new Uint8Array(samples * sizeOf(training.model.input)),
    sampleShape: training.model.input,
    targets: { kind: 'labels', labels: new Uint8Array(samples), classes: sizeOf(training.model.output) },
  });
  await using trainer = await createTrainer({ ...training, batchSize: samples });
  await trainer.fit(data, { epochs: 1 });
  return {};
}
