// Runs the command: in this process, where a test is about texts, files and results; in a process of its own, from
// source, where it is about signals, pipes and terminals.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { runConvoy } from '../src/convoy.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. */
export const convoy = (...args: readonly string[]): Promise<Ended> => convoyAt(undefined, ...args);

/** The same, with outputs of so many columns. */
export async function convoyAt(columns: number | undefined, ...args: readonly string[]): Promise<Ended> {
  const [stdout, stderr] = [new TextOutput(columns), new TextOutput(columns)];
  const interruptions = { signal: new AbortController().signal, hasCheckpoints: false };
  const code = await runConvoy(args, { stdout, stderr, interruptions });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class TextOutput extends Writable {
  text = '';
  readonly columns: number;

  constructor(columns = 0) {
    super();
    this.columns = columns;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export const COMMAND = [
  process.execPath,
  '--conditions=@convoy/source',
  fileURLToPath(new URL('../src/main.ts', import.meta.url)),
] as const;

const started: ChildProcess[] = [];

// A failed test may leave processes running.
afterAll(() => {
  for (const child of started) if (groupIsAlive(child)) process.kill(-(child.pid as number), 'SIGKILL');
});

/** Starts a program in a process group of its own. */
export function start([program, ...args]: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(program as string, args, { detached: true, env: { ...process.env, ...environment } });
  started.push(child);
  return { child, ended: endOf(child) };
}

async function endOf(child: ChildProcess): Promise<Ended> {
  const { stdout, stderr } = child as ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream };
  const [out, err, [code]] = await Promise.all([text(stdout), text(stderr), once(child, 'close')]);
  return { code, stdout: out, stderr: err };
}

/** Whether a process of the group that `child` leads is left. */
export function groupIsAlive(child: ChildProcess): boolean {
  try {
    return process.kill(-(child.pid as number), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** A directory for the files of one test file, which is removed after its tests. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'convoy-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
