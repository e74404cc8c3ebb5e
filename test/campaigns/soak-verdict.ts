// Decides whether a long run kept its speed and its memory, from measurements taken during the run.

/** A measurement at one time of the run. */
export interface Moment {
  /** The time since the start. */
  readonly seconds: number;
  /** The number of samples whose steps are committed. */
  readonly samples: number;
  /** The resident memory of the process. */
  readonly mebibytes: number;
  /** The processor time of all threads of the process. */
  readonly processorSeconds: number;
}

export interface Minute {
  readonly samplesPerSecond: number;
  /** The median of the resident memory. */
  readonly mebibytes: number;
  /** The mean number of busy cores. If the speed falls, it shows whether another process took the cores. */
  readonly cores: number;
}

export interface SoakVerdict {
  readonly minutes: readonly Minute[];
  /** The samples per second in the last minute divided by those in the second minute. */
  readonly speed: number;
  /** In MiB per minute: the slope of the least-squares line through the resident memory after the second minute. */
  readonly slope: number;
  /** In MiB: the median of the last minute minus the median of the second minute. */
  readonly growth: number;
  /** The limits that were exceeded. */
  readonly problems: readonly string[];
}

/** In the first minute code is compiled and heaps grow to their size, so the second minute is the reference. */
export const soakLimits = { speed: 0.97, slope: 1, growth: 16 } as const;

/** With fewer minutes, the last one could not be compared with the second one. */
export const MIN_MINUTES = 3;

/** @param moments of `minutes` minutes, at least one per minute, sorted by time */
export function judgeSoak(moments: readonly Moment[], minutes: number, secondsOfMinute: number): SoakVerdict {
  const all = Array.from({ length: minutes }, (_, index) => minuteOf(moments, index, secondsOfMinute));
  const [second, last] = [all[1], all.at(-1)] as [Minute, Minute];
  const speed = last.samplesPerSecond / second.samplesPerSecond;
  const slope = secondsOfMinute * slopeOf(moments.filter(({ seconds }) => seconds >= 2 * secondsOfMinute));
  const growth = last.mebibytes - second.mebibytes;
  // NaN exceeds a limit too.
  const problems = [
    !(speed >= soakLimits.speed) &&
      `the last minute has ${percent(speed)} of the samples/s of the second one, expected at least ${percent(soakLimits.speed)}`,
    !(slope < soakLimits.slope) &&
      `resident memory grows by ${slope.toFixed(2)} MiB per minute, expected less than ${soakLimits.slope}`,
    !(growth <= soakLimits.growth) &&
      `the last minute has ${growth.toFixed(1)} MiB more than the second one, expected at most ${soakLimits.growth}`,
  ].filter((problem) => problem !== false);
  return { minutes: all, speed, slope, growth, problems };
}

/** @param index 0 for the first minute */
export function minuteOf(moments: readonly Moment[], index: number, secondsOfMinute: number): Minute {
  const firstAfter = (seconds: number) => moments.findIndex((moment) => moment.seconds >= seconds);
  const start = firstAfter(index * secondsOfMinute);
  const end = firstAfter((index + 1) * secondsOfMinute);
  const seen = moments.slice(start, end < 0 ? undefined : end + 1);
  const [first, last] = [seen[0], seen.at(-1)] as [Moment, Moment];
  const seconds = last.seconds - first.seconds;
  return {
    samplesPerSecond: (last.samples - first.samples) / seconds,
    mebibytes: median(seen.map((moment) => moment.mebibytes)),
    cores: (last.processorSeconds - first.processorSeconds) / seconds,
  };
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}

/** The slope of the least-squares line, in MiB per second: Σ(t − t̄)(m − m̄) / Σ(t − t̄)². */
function slopeOf(moments: readonly Moment[]): number {
  const mean = (of: (moment: Moment) => number) =>
    moments.reduce((sum, moment) => sum + of(moment), 0) / moments.length;
  const time = mean(({ seconds }) => seconds);
  const memory = mean(({ mebibytes }) => mebibytes);
  return (
    mean(({ seconds, mebibytes }) => (seconds - time) * (mebibytes - memory)) /
    mean(({ seconds }) => (seconds - time) ** 2)
  );
}
