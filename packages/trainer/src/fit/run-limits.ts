// The limits of a run in steps and time.
import { finiteNumber, positiveInteger } from '@convoy/tensor';
import type { FitOptions } from './callback.ts';

export class RunLimits {
  readonly #lastStep: number;
  readonly #end: number;

  /**
   * @param step where the run begins
   * @throws ConvoyError CONVOY_INVALID_OPTION
   */
  constructor({ maxSteps, maxSeconds }: FitOptions, step: number) {
    this.#lastStep = maxSteps === undefined ? Infinity : step + positiveInteger('maxSteps', maxSteps);
    const seconds = maxSeconds === undefined ? Infinity : finiteNumber('maxSeconds', maxSeconds, { above: 0 });
    this.#end = performance.now() + seconds * 1000;
  }

  stepsLeft(step: number): number {
    return this.#lastStep - step;
  }

  get isTimeUp(): boolean {
    return performance.now() >= this.#end;
  }

  /** The limit that is reached, if any. */
  reached(step: number): string | undefined {
    if (this.stepsLeft(step) <= 0) return 'maxSteps';
    return this.isTimeUp ? 'maxSeconds' : undefined;
  }
}
