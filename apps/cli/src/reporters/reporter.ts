// What a reporter is: it shows the progress of a training run. Each kind has its own file.
import type { ClassReport } from '@convoy/layers';
import type { Progress, Simd } from '@convoy/trainer';

/** What the parameters at the end of a run depend on, besides the version of Convoy. */
export interface RunSettings {
  readonly model: string;
  /** How many numbers the model learns. */
  readonly parameters: number;
  readonly data: string;
  readonly trainSamples: number;
  readonly testSamples: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Optimizer, learning rate schedule and loss, by option name. */
  readonly learning: Readonly<Record<string, string | number | true>>;
}

/** What is known when a run starts. */
export interface Run extends RunSettings {
  readonly workers: number;
  readonly simd: Simd;
  /** The path of the file for the parameters; a fast dev run has none. */
  readonly weights?: string;
  /** Whole epochs, and all steps, before the checkpoint that the run continues from; 0 for a new run. */
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
  /** Seconds of training, without the test. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
}

export interface Result {
  readonly testAccuracy: number;
  readonly testLoss: number;
  /** Over whole epochs; the tests do not count. */
  readonly samplesPerSecond: number;
  readonly seconds: number;
  readonly workers: number;
  readonly parametersSha256: string;
  /** Of the test data, with --class-report. */
  readonly classReport?: ClassReport;
}

export interface Reporter {
  start(run: Run): void;
  /** Called about ten times per second. */
  progress(progress: Progress): void;
  epoch(epoch: Epoch): void;
  done(result: Result): void;
  /** Called last, even if the run fails. */
  close(): void;
}
