// The limits of a fit in steps and time.
import { finiteNumber, positiveInteger } from '@convoy/tensor';
import type { FitOptions } from './fit-options.ts';

export class RunLimits {
  readonly #lastStep: number;
  readonly #end: number;

  /**
   * @param step the trainer's step at which the fit begins
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

  /** The name of the limit that is reached, if one is. */
  reached(step: number): string | undefined {
    if (this.stepsLeft(step) <= 0) return 'maxSteps';
    return this.isTimeUp ? 'maxSeconds' : undefined;
  }
}
