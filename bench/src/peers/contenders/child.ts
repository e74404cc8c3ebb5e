// The bench's side of a contender's process.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Contender } from './contenders.ts';
import type { Reply, Request } from './messages.ts';

/** A contender that has loaded its job and waits for requests. Its methods reject with the error that the contender reports. */
export class Child {
  /** The name and the version of the framework. */
  readonly version: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #replies: AsyncIterator<Reply>;

  private constructor(process: ChildProcessWithoutNullStreams, replies: AsyncIterator<Reply>, version: string) {
    this.#process = process;
    this.#replies = replies;
    this.version = version;
  }

  /** @param packages the folder that contains the peers from npm */
  static async start(contender: Contender, job: string, batchSize: number, packages: string): Promise<Child> {
    const settings = JSON.stringify({ ...contender.settings, packages });
    const child = spawn(contender.command, [...contender.arguments, job, `${batchSize}`, settings], {
      env: { ...process.env, ...contender.environment },
    });
    const replies = repliesOf(child);
    const first = await next(replies);
    if ('version' in first) return new Child(child, replies, first.version);
    throw new Error(`The first reply of ${contender.name} was ${JSON.stringify(first)}; it must be its version.`);
  }

  async losses(steps: number): Promise<readonly number[]> {
    const reply = await this.#ask({ losses: steps });
    return 'losses' in reply ? reply.losses : [];
  }

  /** Trains for at least so many seconds. */
  async time(seconds: number): Promise<{ readonly steps: number; readonly seconds: number }> {
    const reply = await this.#ask({ seconds });
    return 'steps' in reply ? reply : { steps: 0, seconds };
  }

  /** The peak of the resident memory so far, in bytes; null where the system does not report it. */
  async peakBytes(): Promise<number | null> {
    // `ru_maxrss` would include the memory of the parent from before the program of the child was loaded.
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

/** The replies of the child. When it ends, the last reply is the reason, with the last line of its standard error. */
async function* repliesOf(child: ChildProcessWithoutNullStreams): AsyncGenerator<Reply, Reply> {
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  // Writing to a child that has ended fails here too; the end itself answers the request.
  child.stdin.on('error', () => {});
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`));
  });
  for await (const line of createInterface({ input: child.stdout })) {
    // Some libraries print their own messages to standard output.
    if (line.startsWith('{')) yield JSON.parse(line);
  }
  const last = errors.trim().split('\n').at(-1);
  return { error: [await ended, last].filter(Boolean).join(': ') };
}
