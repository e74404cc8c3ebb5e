// Threads that die while they are started and set up for a call, and how soon the trainer has recovered. The process that tries them needs
// `programs/planted-fault.ts` preloaded.
import { setTimeout as delay } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { ConvoyError, type RandomStream } from '@convoy/tensor';
import { createTrainer, type Trainer } from '@convoy/trainer';
import { bitsOf, hashOf } from './bits.ts';
import { type FaultBoard, type FaultKind, setUpPoints } from './faults.ts';
import { classifier, images } from './small-cases.ts';

const data = images(64);

/** The calls for which threads are set up, each with all that it returns and changes, as a text. */
const runs = {
  createTrainer: async (trainer: Trainer) => hashOf(trainer),
  async fit(trainer: Trainer) {
    await trainer.fit(data, { epochs: 2, validation: data });
    return hashOf(trainer);
  },
  evaluate: async (trainer: Trainer) => JSON.stringify(await trainer.evaluate(data)),
  evaluateClasses: async (trainer: Trainer) => JSON.stringify(await trainer.evaluateClasses(data)),
  predict: async (trainer: Trainer) => bitsOf(await trainer.predict(data)).join(),
  findLearningRate: async (trainer: Trainer) =>
    JSON.stringify(await trainer.findLearningRate(data, { steps: 20 })) + hashOf(trainer),
};
export type SetUpCall = keyof typeof runs;
export const setUpCalls = Object.keys(runs) as readonly SetUpCall[];

const plantedKinds = ['throw', 'exit', 'heap'] as const satisfies readonly FaultKind[];

const WORKERS = 3;
/** More than the faults of one trial. */
const MAX_FAILURES = 20;
/** Threads are terminated up to so long after they were created; they are set up in about this time. */
const MAX_DELAY_MS = 200;

/** What happened in one trial. */
export interface SetUpTrial {
  readonly call: SetUpCall;
  /** Threads that died during the call. */
  readonly faults: number;
  /** From the last of these deaths to the end of the call; for `createTrainer`, which fails, to the end of the next one. */
  readonly milliseconds: number;
  /** What should not have been. */
  readonly problems: readonly string[];
}

export class SetUpTrials {
  readonly #random: RandomStream;
  readonly #board: FaultBoard;
  readonly #undisturbed = new Map<SetUpCall, string>();
  readonly #living = new Set<Worker>();
  #draws = 0;
  /** Called with each thread that is created. */
  #onThread: (thread: Worker) => void = () => {};

  constructor(random: RandomStream, board: FaultBoard) {
    this.#random = random;
    this.#board = board;
    process.on('worker', (thread) => {
      this.#living.add(thread);
      thread.once('exit', () => this.#living.delete(thread));
      this.#onThread(thread);
    });
  }

  /** How long it takes to create a trainer while nothing is wrong. */
  async millisecondsToStart(): Promise<number> {
    const start = performance.now();
    await using _trainer = await createTrainer({ ...classifier, workers: WORKERS });
    return performance.now() - start;
  }

  /** Tries the call with a random fault, or several. */
  async run(call: SetUpCall): Promise<SetUpTrial> {
    const expected = this.#undisturbed.get(call) ?? (await this.#undisturbedResult(call));
    this.#undisturbed.set(call, expected);
    const trial = await (call === 'createTrainer' ? this.#create(expected) : this.#call(call, expected));
    await delay(0);
    const left = this.#living.size === 0 ? [] : [`${this.#living.size} threads are left`];
    return { call, ...trial, problems: [...trial.problems, ...left] };
  }

  async #undisturbedResult(call: SetUpCall): Promise<string> {
    await using trainer = await createTrainer({ ...classifier, workers: 1 });
    return await runs[call](trainer);
  }

  /** All threads of a trainer die before the call, and some of those that replace them during it. */
  async #call(call: SetUpCall, expected: string): Promise<Omit<SetUpTrial, 'call'>> {
    await using trainer = await createTrainer({ ...classifier, workers: WORKERS, maxFailures: MAX_FAILURES });
    const deaths = [...this.#living].map((thread) => thread.terminate());
    // The call comes before or after the deaths are noticed.
    if (this.#below(2) === 0) await Promise.all(deaths);
    const faults = this.#plant();
    const problems: string[] = [];
    try {
      if ((await runs[call](trainer)) !== expected) problems.push('the result has other bits');
    } catch (error) {
      problems.push(`the call failed: ${error}`);
    }
    const end = now();
    const { count, last } = faults();
    return { faults: count, milliseconds: end - last, problems };
  }

  /** Threads die while a trainer is created, and then another one is created. */
  async #create(expected: string): Promise<Omit<SetUpTrial, 'call'>> {
    const faults = this.#plant();
    const problems: string[] = [];
    try {
      await using trainer = await createTrainer({ ...classifier, workers: WORKERS });
      if ((await runs.createTrainer(trainer)) !== expected) problems.push('the first trainer has other bits');
    } catch (error) {
      if (!(error instanceof ConvoyError && error.code === 'CONVOY_WORKER_FAILED')) problems.push(`${error}`);
    }
    const { count, last } = faults();
    if (this.#living.size > 0) problems.push(`the failure has left ${this.#living.size} threads`);
    await using trainer = await createTrainer({ ...classifier, workers: WORKERS });
    const end = now();
    if ((await runs.createTrainer(trainer)) !== expected) problems.push('the second trainer has other bits');
    return { faults: count, milliseconds: end - last, problems };
  }

  /** Prepares random faults. Returns what ends them, and tells how many there were and when the last one was. */
  #plant(): () => { count: number; last: number } {
    return this.#below(2) === 0 ? this.#terminations() : this.#plantedFault();
  }

  /** One to six of the next threads are terminated, each at its own time after its creation or all at the same. */
  #terminations(): () => { count: number; last: number } {
    let victims = 1 + this.#below(2 * WORKERS);
    const together = this.#below(2) === 0 ? this.#below(MAX_DELAY_MS) : undefined;
    const timers: NodeJS.Timeout[] = [];
    let count = 0;
    let last = Number.NaN;
    this.#onThread = (thread) => {
      if (victims-- <= 0) return;
      const kill = () => {
        if (!this.#living.has(thread)) return;
        count++;
        last = now();
        void thread.terminate();
      };
      timers.push(setTimeout(kill, together ?? this.#below(MAX_DELAY_MS)));
    };
    return () => {
      this.#onThread = () => {};
      for (const timer of timers) clearTimeout(timer);
      return { count, last };
    };
  }

  #plantedFault(): () => { count: number; last: number } {
    const kind = plantedKinds[this.#below(plantedKinds.length)] as FaultKind;
    const point = setUpPoints[this.#below(setUpPoints.length)] as (typeof setUpPoints)[number];
    this.#board.plant({ kind, point, after: 1 + this.#below(WORKERS) });
    return () => {
      this.#board.clear();
      return { count: this.#board.happened, last: this.#board.time };
    };
  }

  #below(count: number): number {
    return Math.floor(this.#random.uniform(this.#draws++) * count);
  }
}

/** Milliseconds since 1970, as a fault notes them. */
const now = (): number => performance.timeOrigin + performance.now();
