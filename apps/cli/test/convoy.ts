// Runs the real command, from source, in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const COMMAND = [
  process.execPath,
  '--conditions=@convoy/source',
  fileURLToPath(new URL('../src/main.ts', import.meta.url)),
] as const;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const started: ChildProcess[] = [];

// What a failed test left running must not outlive it.
afterAll(() => {
  for (const child of started) if (groupIsAlive(child)) process.kill(-(child.pid as number), 'SIGKILL');
});

/** A command that runs, in a process group of its own. */
export function start([program, ...args]: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(program as string, args, { detached: true, env: { ...process.env, ...environment } });
  started.push(child);
  return { child, ended: endOf(child) };
}

export function convoy(...args: readonly string[]): Promise<Ended> {
  return start([...COMMAND, ...args]).ended;
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

/** A directory for the files of one test file, removed afterwards. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'convoy-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
