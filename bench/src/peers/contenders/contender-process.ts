// The process of a contender that runs in Node: loads one adapter and one job, then answers requests from standard input on standard output.
import { createInterface } from 'node:readline';
import type { Adapter, Peer, PeerSettings } from '../adapters/adapter.ts';
import { batchesOf, readJob } from '../jobs/job.ts';
import type { Reply, Request } from './messages.ts';

/**
 * How long a call of `train` may take; the clock is read between calls. Calls are as long as possible because a call of Convoy is a fit,
 * which costs a millisecond in addition to its steps.
 */
const MAX_SECONDS_PER_CALL = 0.5;

class Session {
  readonly #peer: Peer;
  readonly #batches: number;
  #next = 0;
  #stepsPerCall = 1;

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

  async #time(minSeconds: number): Promise<Reply> {
    const start = performance.now();
    let steps = 0;
    let seconds = 0;
    while (seconds < minSeconds) {
      const done = await this.#train(this.#stepsPerCall);
      if (!Number.isFinite(done.loss)) throw new Error(`The loss is ${done.loss}.`);
      steps += done.steps;
      const before = seconds;
      seconds = (performance.now() - start) / 1000;
      if (seconds - before < MAX_SECONDS_PER_CALL / 2) {
        this.#stepsPerCall = Math.min(2 * this.#stepsPerCall, this.#batches);
      }
    }
    return { steps, seconds };
  }

  async #train(maxSteps: number) {
    const steps = Math.min(maxSteps, this.#batches - this.#next);
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
// The threads of some peers never end by themselves.
process.exit();
