// What this machine and this version of Node offer to a trainer; `convoy doctor` prints it.
import { availableParallelism, cpus, totalmem } from 'node:os';
import { lenet5, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { compilePlan } from '@convoy/layers/compile';
import { tryWide } from '../simd/plan-module.ts';
import { compileWide } from '../simd/wide-module.ts';
import { type BarrierTimes, barrierTimes } from './barrier-times.ts';
import { ConvolutionTimer } from './convolution-timer.ts';

/** What this machine and this version of Node offer a trainer. */
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
  /** Whether WebAssembly has vectors of 128 bits, and memory that threads share. A trainer needs both. */
  readonly simd: boolean;
  readonly sharedMemory: boolean;
  readonly threads: BarrierTimes;
  /** Whether `simd: 'wide'` is available, after the self-test of LeNet-5, or why it is not. */
  readonly wide: { readonly available: true } | { readonly available: false; readonly obstacle: string };
  /** The speed of a convolution on one core in 10⁹ operations per second; null where it cannot run. */
  readonly convolution: { readonly strict: number | null; readonly wide: number | null };
}

/** Takes about half a second, during which the event loop is blocked. */
export async function diagnose(): Promise<Diagnosis> {
  const timer = new ConvolutionTimer();
  const simd = WebAssembly.validate(timer.bytes);
  const wide: Diagnosis['wide'] = simd ? wideHere() : { available: false, obstacle: 'no SIMD at all' };
  const modules = [
    ...(simd ? [new WebAssembly.Module(timer.bytes)] : []),
    ...(wide.available ? [compileWide(timer.bytes)] : []),
  ];
  const [strictSpeed = null, wideSpeed = null] = timer.speeds(modules);
  return {
    node: process.versions.node,
    v8: process.versions.v8,
    platform: process.platform,
    arch: process.arch,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: { total: totalmem(), available: process.availableMemory() },
    simd,
    sharedMemory: timer.isShared,
    threads: await barrierTimes(),
    wide,
    convolution: { strict: strictSpeed, wide: wideSpeed },
  };
}

function wideHere(): Diagnosis['wide'] {
  const training = { model: lenet5(), loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.05 }) };
  const plan = compilePlan(training.model, training);
  const wide = tryWide({ ...training, plan, seed: 0 }, new WebAssembly.Module(plan.module));
  return wide instanceof WebAssembly.Module ? { available: true } : { available: false, obstacle: wide.obstacle };
}
