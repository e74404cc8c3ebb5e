// Times contenders with tinybench, in rounds that visit all of them, so that other work on the machine disturbs all of them alike.
import { Bench } from 'tinybench';

/** A function to be timed. It must use its results, so that no compiler removes the work. */
export interface Contender {
  readonly run: () => unknown;
  readonly isAsync: boolean;
}

/** How long to measure. */
export interface Effort {
  readonly rounds: number;
  /** The minimum time of each contender in each round. */
  readonly milliseconds: number;
  /** The minimum number of calls of each contender in each round. */
  readonly calls: number;
}

/** The figures of tinybench for the calls of a contender in one round; times in milliseconds. */
export interface Round {
  readonly median: number;
  /** The time that one call in a hundred exceeds. */
  readonly p99: number;
  /** Half of the 95 % confidence interval of the mean, relative to the mean. */
  readonly margin: number;
  readonly calls: number;
}

/** Times the contenders. Every other round visits them in reverse order, so that no contender always follows the same one. */
export async function timeInRounds(contenders: readonly Contender[], effort: Effort): Promise<readonly Round[][]> {
  const results = contenders.map((): Round[] => []);
  for (let round = 0; round < effort.rounds; round++) {
    const order = [...contenders.keys()];
    if (round % 2 === 1) order.reverse();
    for (const i of order) results[i]?.push(await timeOnce(contenders[i] as Contender, effort));
  }
  return results;
}

async function timeOnce({ run, isAsync }: Contender, { milliseconds, calls }: Effort): Promise<Round> {
  // One call that is not counted loads code and data into the caches again.
  const bench = new Bench({ time: milliseconds, iterations: calls, warmupTime: 0, warmupIterations: 1, throws: true });
  bench.add('', run, { async: isAsync });
  const [task] = await bench.run();
  if (task?.result.state !== 'completed') throw new Error(`A contender ended as ${task?.result.state}.`);
  const { p50, p99, rme, samplesCount } = task.result.latency;
  return { median: p50, p99, margin: rme / 100, calls: samplesCount };
}
