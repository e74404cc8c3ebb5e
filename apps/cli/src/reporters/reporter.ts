// What a reporter is: it tells of a training run as it goes on. One file for each kind.
import type { ClassReport } from '@convoy/layers';
import type { Progress, Simd } from '@convoy/trainer';
import type { Recipe } from '../recipe.ts';

/** What is known when a run starts. */
export interface Run extends Recipe {
  readonly workers: number;
  readonly simd: Simd;
  /** The path of the file that the weights go to; a fast dev run has none. */
  readonly weights?: string;
  /** What a run that goes on from a checkpoint finds done: whole epochs, and steps in all. */
  readonly epochsDone: number;
  readonly stepsDone: number;
}

export interface Epoch {
  /** From 1. */
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly testLoss: number;
  readonly testAccuracy: number;
  /** Of training, without the test. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
}

export interface Result {
  readonly testAccuracy: number;
  readonly testLoss: number;
  /** Training throughput over whole epochs, everything included but the tests. */
  readonly samplesPerSecond: number;
  readonly seconds: number;
  readonly workers: number;
  readonly parametersSha256: string;
  /** Of the test data, if it was asked for. */
  readonly classReport?: ClassReport;
}

export interface Reporter {
  start(run: Run): void;
  /** About ten times a second. */
  progress(progress: Progress): void;
  epoch(epoch: Epoch): void;
  done(result: Result): void;
  /** Called last, however the run ended. */
  close(): void;
}
