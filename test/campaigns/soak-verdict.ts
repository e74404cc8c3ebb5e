// Whether a long run kept its speed and its memory: from what was seen moment by moment to figures and a verdict.

/** What is seen of a run now and then. */
export interface Moment {
  /** Since its start. */
  readonly seconds: number;
  /** Whose steps are committed. */
  readonly samples: number;
  /** Resident memory of the process. */
  readonly mebibytes: number;
  /** Time that all threads of the process have spent on a core. */
  readonly processorSeconds: number;
}

export interface Minute {
  readonly samplesPerSecond: number;
  /** The median of the resident memory. */
  readonly mebibytes: number;
  /** How many cores were at work, in the mean: where speed falls, whether they were taken away. */
  readonly cores: number;
}

export interface SoakVerdict {
  readonly minutes: readonly Minute[];
  /** Samples a second in the last minute as a share of those in the second one. */
  readonly speed: number;
  /** MiB a minute: the slope of the line of least squares through the resident memory behind the second minute. */
  readonly slope: number;
  /** MiB between the medians of the second and the last minute. */
  readonly growth: number;
  /** What breaks a limit. */
  readonly problems: readonly string[];
}

/** In the first minute code is compiled and heaps grow to their size, so all is measured against the second one. */
export const soakLimits = { speed: 0.97, slope: 1, growth: 16 } as const;

/** The fewest minutes of which the last one can be compared with the second. */
export const FEWEST_MINUTES = 3;

/** @param moments of `minutes` minutes, at least one a minute, in the order of time */
export function judgeSoak(moments: readonly Moment[], minutes: number, secondsOfMinute: number): SoakVerdict {
  const all = Array.from({ length: minutes }, (_, index) => minuteOf(moments, index, secondsOfMinute));
  const [second, last] = [all[1], all.at(-1)] as [Minute, Minute];
  const speed = last.samplesPerSecond / second.samplesPerSecond;
  const slope = secondsOfMinute * slopeOf(moments.filter(({ seconds }) => seconds >= 2 * secondsOfMinute));
  const growth = last.mebibytes - second.mebibytes;
  // A figure that is NaN breaks its limit too.
  const problems = [
    !(speed >= soakLimits.speed) &&
      `the last minute has ${percent(speed)} of the second one's samples/s, not ${percent(soakLimits.speed)}`,
    !(slope < soakLimits.slope) &&
      `resident memory grows by ${slope.toFixed(2)} MiB a minute, not by less than ${soakLimits.slope}`,
    !(growth <= soakLimits.growth) &&
      `the last minute has ${growth.toFixed(1)} MiB more than the second one, not at most ${soakLimits.growth}`,
  ].filter((problem) => problem !== false);
  return { minutes: all, speed, slope, growth, problems };
}

/** @param index 0 for the first minute */
export function minuteOf(moments: readonly Moment[], index: number, secondsOfMinute: number): Minute {
  const behind = (seconds: number) => moments.findIndex((moment) => moment.seconds >= seconds);
  const start = behind(index * secondsOfMinute);
  const end = behind((index + 1) * secondsOfMinute);
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

/** Of the line of least squares, in MiB a second: Σ(t − t̄)(m − m̄) / Σ(t − t̄)². */
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
