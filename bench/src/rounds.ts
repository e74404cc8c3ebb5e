// Times contenders with tinybench, in rounds that visit each of them, so that a slow spell of the machine meets all alike.
import { Bench } from 'tinybench';

/** One thing to be timed. Whoever makes it sees to it that its results are used. */
export interface Contender {
  readonly run: () => unknown;
  readonly isAsync: boolean;
}

/** How long to measure. */
export interface Effort {
  readonly rounds: number;
  /** Of each contender in each round, at least. */
  readonly milliseconds: number;
  /** Calls of each contender in each round, at least. */
  readonly calls: number;
}

/** What tinybench says of a contender's calls in one round; times in milliseconds. */
export interface Round {
  readonly median: number;
  /** The time that one call in a hundred exceeds. */
  readonly p99: number;
  /** Half the 95 % confidence interval of the mean, as a share of it. */
  readonly margin: number;
  readonly calls: number;
}

/** The rounds of each contender. Every other round goes through them backwards, so that no one always follows the same one. */
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
  // One call that does not count brings code and data back into the caches.
  const bench = new Bench({ time: milliseconds, iterations: calls, warmupTime: 0, warmupIterations: 1, throws: true });
  bench.add('', run, { async: isAsync });
  const [task] = await bench.run();
  if (task?.result.state !== 'completed') throw new Error(`A contender ended as ${task?.result.state}.`);
  const { p50, p99, rme, samplesCount } = task.result.latency;
  return { median: p50, p99, margin: rme / 100, calls: samplesCount };
}
