// The limits of a fit in steps and time.
import type { CheckedFitOptions } from './checked-options.ts';

export class RunLimits {
  readonly #lastStep: number;
  readonly #end: number;

  /** @param step the trainer's step at which the fit begins */
  constructor({ maxSteps, maxSeconds }: Pick<CheckedFitOptions, 'maxSteps' | 'maxSeconds'>, step: number) {
    this.#lastStep = step + (maxSteps ?? Number.POSITIVE_INFINITY);
    this.#end = performance.now() + (maxSeconds ?? Number.POSITIVE_INFINITY) * 1000;
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
