// Parameters that start with normally distributed numbers, from the whole distribution or from its center.
import type { RandomStream } from '@convoy/tensor';
import { float32In, type OptionChecker, optional } from '@convoy/tensor/checks';
import { defineInitializer, type Initializer } from '../initializer.ts';

/** Options of `normalInitializer` and `truncatedNormalInitializer`. */
export interface NormalInitializerOptions {
  /** Default 0. */
  readonly mean?: number;
  /** The standard deviation, above 0. */
  readonly deviation: number;
}

type NormalSettings = Required<NormalInitializerOptions>;

const settings = (check: OptionChecker<NormalInitializerOptions>): NormalSettings =>
  check({ mean: optional(float32In({}), 0), deviation: float32In({ above: 0 }) });

const describeNormal = defineInitializer<NormalInitializerOptions, NormalSettings>({
  type: 'normal',
  settings,
  fill({ mean, deviation }, values, _, random) {
    const normal = random(0);
    for (let i = 0; i < values.length; i++) values[i] = mean + deviation * normal.normal(i);
  },
});

/** The cut of the normal distribution, in standard deviations. */
const CUT = 2;

const describeTruncated = defineInitializer<NormalInitializerOptions, NormalSettings>({
  type: 'truncatedNormal',
  settings,
  fill({ mean, deviation }, values, _, random) {
    // A number beyond the cut (one in 22) is drawn again from the next stream, at the same index: no number depends on another one.
    const streams = [random(0)];
    for (let i = 0; i < values.length; i++) {
      let z = Infinity;
      for (let attempt = 0; Math.abs(z) > CUT; attempt++) {
        if (attempt === streams.length) streams.push(random(attempt));
        z = (streams[attempt] as RandomStream).normal(i);
      }
      values[i] = mean + deviation * z;
    }
  },
});

/** Normally distributed numbers. @throws ConvoyError CONVOY_INVALID_OPTION */
export const normalInitializer = (options: NormalInitializerOptions): Initializer => describeNormal(options);

/**
 * Normally distributed numbers within two standard deviations of the mean; others are drawn again. The result has 0.88 times the given deviation.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const truncatedNormalInitializer = (options: NormalInitializerOptions): Initializer =>
  describeTruncated(options);
