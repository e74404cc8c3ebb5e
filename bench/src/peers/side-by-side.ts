// Times all contenders on one workload. Each has its own process; only one works at a time, in rounds that visit all of them.

import type { PeerReport } from '../reports/peer-report.ts';
import { DifferentLosses, type Failure, figuresOf, lossDifference, type Outcome, type Result } from './comparison.ts';
import { Child } from './contenders/child.ts';
import { CONVOY, type Contender } from './contenders/contenders.ts';
import type { PeerWorkload } from './jobs/workloads.ts';
import { writeJob } from './jobs/write-job.ts';
import { PEERS_FOLDER } from './packages.ts';

export interface PeerEffort {
  readonly rounds: number;
  /** The minimum for each contender in each round. */
  readonly seconds: number;
  /** The batch sizes are divided by this factor. */
  readonly smallerBy: number;
}

const COMPARED_LOSSES = 5;

export class SideBySide {
  readonly #workload: PeerWorkload;
  readonly #effort: PeerEffort;
  readonly #log: (line: string) => void;
  /** The losses of Convoy, by batch size. */
  readonly #expected = new Map<number, readonly number[]>();

  constructor(workload: PeerWorkload, effort: PeerEffort, log: (line: string) => void) {
    this.#workload = workload;
    this.#effort = effort;
    this.#log = log;
  }

  /** Compares the losses of all contenders with those of Convoy, and times the contenders whose losses agree. */
  async run(contenders: readonly Contender[]): Promise<PeerReport> {
    const job = await writeJob(PEERS_FOLDER, this.#workload);
    const entrants: Entrant[] = [];
    try {
      const reference = contenders.find(({ system }) => system === CONVOY);
      if (!reference) throw new TypeError(`${CONVOY} must be among the contenders.`);
      for (const contender of contenders) entrants.push(await this.#admit(job, contender, reference));
      const ready = entrants.filter((entrant) => 'child' in entrant);
      for (let round = 0; round < this.#effort.rounds; round++) {
        this.#log(`round ${round + 1} of ${this.#effort.rounds}`);
        const order = round % 2 === 0 ? ready : ready.toReversed();
        for (const { child, batchSize, rounds } of order) {
          const { steps, seconds } = await child.time(this.#effort.seconds);
          rounds.push((steps * batchSize) / seconds);
        }
      }
      const outcomes = await Promise.all(entrants.map(outcomeOf));
      return { workload: this.#workload.name, batchSize: this.#batchSizeOf(reference), outcomes };
    } finally {
      for (const entrant of entrants) if ('child' in entrant) entrant.child.end();
    }
  }

  #batchSizeOf({ smallerBatches }: Contender): number {
    const { name, batchSize } = this.#workload;
    return Math.ceil((smallerBatches?.[name] ?? batchSize) / this.#effort.smallerBy);
  }

  /** Starts a contender, checks its losses, and warms it up. */
  async #admit(job: string, contender: Contender, reference: Contender): Promise<Entrant> {
    this.#log(contender.name);
    const batchSize = this.#batchSizeOf(contender);
    const expected = await this.#expectedLosses(job, batchSize, reference);
    let child: Child | undefined;
    try {
      child = await Child.start(contender, job, batchSize, PEERS_FOLDER);
      const difference = lossDifference(await child.losses(COMPARED_LOSSES), expected);
      await child.time(this.#effort.seconds);
      return { contender, child, batchSize, difference, rounds: [] };
    } catch (error) {
      child?.end();
      const { name, system } = contender;
      const cannot = error instanceof Error ? error.message : String(error);
      return { name, system, cannot, differs: error instanceof DifferentLosses };
    }
  }

  async #expectedLosses(job: string, batchSize: number, reference: Contender): Promise<readonly number[]> {
    const known = this.#expected.get(batchSize);
    if (known) return known;
    const child = await Child.start(reference, job, batchSize, PEERS_FOLDER);
    try {
      const losses = await child.losses(COMPARED_LOSSES);
      this.#expected.set(batchSize, losses);
      return losses;
    } finally {
      child.end();
    }
  }
}

type Entrant = Ready | Failure;

/** A contender that takes part in the rounds. */
interface Ready {
  readonly contender: Contender;
  readonly child: Child;
  readonly batchSize: number;
  readonly difference: number;
  readonly rounds: number[];
}

async function outcomeOf(entrant: Entrant): Promise<Outcome> {
  if (!('child' in entrant)) return entrant;
  const { contender, child, batchSize, difference, rounds } = entrant;
  const { name, system } = contender;
  const result: Result = {
    ...{ name, system, version: child.version, batchSize },
    lossDifference: difference,
    ...figuresOf(rounds),
    peakBytes: await child.peakBytes(),
  };
  return result;
}
