// Parameters that start with normal numbers, all or only those near the mean.
import { finiteNumber, type RandomStream } from '@convoy/tensor';
import { defineInitializer, type Initializer } from '../initializer.ts';

export interface NormalInitializerOptions {
  /** Default 0. */
  readonly mean?: number;
  /** The standard deviation, above 0. */
  readonly deviation: number;
}

type NormalSettings = Required<NormalInitializerOptions>;

const settings = ({ mean = 0, deviation }: NormalInitializerOptions): NormalSettings => ({
  mean: finiteNumber('mean', mean),
  deviation: finiteNumber('deviation', deviation, { above: 0 }),
});

const describeNormal = defineInitializer<NormalInitializerOptions, NormalSettings>({
  type: 'normal',
  settings,
  fill({ mean, deviation }, values, _, random) {
    const normal = random(0);
    for (let i = 0; i < values.length; i++) values[i] = mean + deviation * normal.normal(i);
  },
});

/** Where the normal distribution is cut, in standard deviations. */
const CUT = 2;

const describeTruncated = defineInitializer<NormalInitializerOptions, NormalSettings>({
  type: 'truncatedNormal',
  settings,
  fill({ mean, deviation }, values, _, random) {
    // A number that is too far out, as one in 22 is, is drawn again from the next stream at its own place, so that none depends on another.
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

/** Normally distributed. @throws ConvoyError CONVOY_INVALID_OPTION */
export const normalInitializer = (options: NormalInitializerOptions): Initializer => describeNormal(options);

/**
 * Normally distributed, without what lies further than two deviations from the mean; what is left has a deviation of 0.88 of that given.
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const truncatedNormalInitializer = (options: NormalInitializerOptions): Initializer =>
  describeTruncated(options);
