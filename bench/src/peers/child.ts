// A contender's process, seen from outside.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Reply, Request } from './contender.ts';
import type { Contender } from './contenders.ts';

/** A contender that has loaded its job and waits for requests. Fails with what the contender says is wrong. */
export class Child {
  /** What trains, with its version. */
  readonly version: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #replies: AsyncIterator<Reply>;

  private constructor(process: ChildProcessWithoutNullStreams, replies: AsyncIterator<Reply>, version: string) {
    this.#process = process;
    this.#replies = replies;
    this.version = version;
  }

  /** @param packages the folder that has the peers from npm */
  static async start(contender: Contender, job: string, batchSize: number, packages: string): Promise<Child> {
    const settings = JSON.stringify({ ...contender.settings, packages });
    const child = spawn(contender.command, [...contender.arguments, job, `${batchSize}`, settings], {
      env: { ...process.env, ...contender.environment },
    });
    const replies = repliesOf(child);
    const first = await next(replies);
    if ('version' in first) return new Child(child, replies, first.version);
    throw new Error(`The first words of ${contender.name} were ${JSON.stringify(first)}.`);
  }

  async losses(steps: number): Promise<readonly number[]> {
    const reply = await this.#ask({ losses: steps });
    return 'losses' in reply ? reply.losses : [];
  }

  /** Trains for so long or a little longer. */
  async time(seconds: number): Promise<{ readonly steps: number; readonly seconds: number }> {
    const reply = await this.#ask({ seconds });
    return 'steps' in reply ? reply : { steps: 0, seconds };
  }

  /** The most memory that was resident so far, in bytes; null where the system does not tell. */
  async peakBytes(): Promise<number | null> {
    // `ru_maxrss` would count what the parent had before the child's program was loaded.
    const status = await readFile(`/proc/${this.#process.pid}/status`, 'utf8').catch(() => '');
    const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  }

  end(): void {
    this.#process.kill();
  }

  async #ask(request: Request): Promise<Reply> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    return next(this.#replies);
  }
}

async function next(replies: AsyncIterator<Reply>): Promise<Reply> {
  const { value } = await replies.next();
  const reply: Reply = value;
  if ('error' in reply) throw new Error(reply.error);
  return reply;
}

/** What the child writes; when it ends, the reason, with the last line of its complaints. */
async function* repliesOf(child: ChildProcessWithoutNullStreams): AsyncGenerator<Reply, Reply> {
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2000);
  });
  // A request to a child that is gone is answered by its end.
  child.stdin.on('error', () => {});
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`));
  });
  for await (const line of createInterface({ input: child.stdout })) {
    // Libraries greet on standard output too.
    if (line.startsWith('{')) yield JSON.parse(line);
  }
  const last = complaints.trim().split('\n').at(-1);
  return { error: [await ended, last].filter(Boolean).join(': ') };
}
