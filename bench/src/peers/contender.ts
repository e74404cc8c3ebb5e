// A contender's own process: one adapter and one job, and requests on standard input, a line of JSON each, answered on standard output.
// peers/pytorch.py speaks the same way.
import { createInterface } from 'node:readline';
import { batchesOf, readJob } from './job.ts';
import type { Adapter, Peer, PeerSettings } from './peer.ts';

/** `losses`: of so many steps. `seconds`: trains for that long or a little longer. */
export type Request = { readonly losses: number } | { readonly seconds: number };
export type Reply =
  | { readonly version: string }
  | { readonly losses: readonly number[] }
  | { readonly steps: number; readonly seconds: number }
  | { readonly error: string };

/** What a call of `train` may take before the clock is looked at. A call of ours is a fit, which costs a millisecond besides its steps. */
const MOST_SECONDS_A_CALL = 0.5;

class Session {
  readonly #peer: Peer;
  readonly #batches: number;
  #next = 0;
  #stepsACall = 1;

  constructor(peer: Peer, batches: number) {
    this.#peer = peer;
    this.#batches = batches;
  }

  async answer(request: Request): Promise<Reply> {
    if ('seconds' in request) return this.#time(request.seconds);
    const losses: number[] = [];
    while (losses.length < request.losses) losses.push((await this.#train(1)).loss);
    return { losses };
  }

  async #time(least: number): Promise<Reply> {
    const start = performance.now();
    let steps = 0;
    let seconds = 0;
    while (seconds < least) {
      const done = await this.#train(this.#stepsACall);
      if (!Number.isFinite(done.loss)) throw new Error(`The loss is ${done.loss}.`);
      steps += done.steps;
      const before = seconds;
      seconds = (performance.now() - start) / 1000;
      if (seconds - before < MOST_SECONDS_A_CALL / 2) this.#stepsACall = Math.min(2 * this.#stepsACall, this.#batches);
    }
    return { steps, seconds };
  }

  async #train(most: number) {
    const steps = Math.min(most, this.#batches - this.#next);
    const loss = await this.#peer.train(this.#next, steps);
    this.#next = (this.#next + steps) % this.#batches;
    return { steps, loss };
  }
}

const reply = (message: Reply): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

const [adapter = '', file = '', batchSize = '', settings = ''] = process.argv.slice(2);
try {
  const { startPeer, sharesMemory = false }: Adapter = await import(new URL(adapter, import.meta.url).href);
  const job = await readJob(file, Number(batchSize), sharesMemory);
  const peer = await startPeer(job, JSON.parse(settings) as PeerSettings);
  const session = new Session(peer, batchesOf(job));
  reply({ version: peer.version });
  for await (const line of createInterface({ input: process.stdin })) reply(await session.answer(JSON.parse(line)));
} catch (error) {
  reply({ error: error instanceof Error ? error.message : String(error) });
}
// Threads of peers do not know when to stop.
process.exit();
