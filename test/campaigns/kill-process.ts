// One process of the kill campaign: started, killed at an instant that the campaign chooses, and watched over.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { TargetArguments, TargetEnd, TargetStart } from './kill-target.ts';

/** When a process is killed: so long after it has begun to write its n-th checkpoint, or after its own start if that is 0. */
export interface KillInstant {
  readonly checkpoint: number;
  readonly milliseconds: number;
}

export interface KilledProcess {
  readonly outcome: 'killed' | 'ended' | 'failed' | 'hung';
  /** Undefined where the process did not get that far. */
  readonly start: TargetStart | undefined;
  readonly end: TargetEnd | undefined;
  readonly errors: string;
  /** From its start to its first line, and to its end. */
  readonly millisecondsToStart: number;
  readonly milliseconds: number;
}

const PROGRAM = fileURLToPath(new URL('./kill-target.ts', import.meta.url));
/** A hundred times what a process takes on an idle machine. */
const HANG_MS = 100_000;

/** Starts the target and kills it, unless it has ended by then. */
export async function runTarget(target: TargetArguments, instant?: KillInstant): Promise<KilledProcess> {
  const began = performance.now();
  const child = spawn(process.execPath, ['--conditions=@convoy/source', PROGRAM, JSON.stringify(target)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Compiled code is kept: most of the time of so short a process would go into compiling.
    env: { ...process.env, NODE_COMPILE_CACHE: join(target.data, 'compiled') },
  });
  let killed = false;
  let hung = false;
  const kill = () => {
    killed = child.kill('SIGKILL');
  };
  let millisecondsToStart = Number.NaN;
  child.stdout.once('data', () => {
    millisecondsToStart = performance.now() - began;
  });
  const disarm = arm(instant, target.directory, kill);
  const hang = setTimeout(() => {
    hung = child.kill('SIGKILL');
  }, HANG_MS);
  const [output, errors, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  clearTimeout(hang);
  disarm();
  // A process can also end between the decision to kill it and its death.
  const died = signal === 'SIGKILL';
  const lines = output
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  return {
    outcome: died && hung ? 'hung' : died && killed ? 'killed' : code === 0 ? 'ended' : 'failed',
    start: lines[0],
    end: lines[1],
    errors,
    millisecondsToStart,
    milliseconds: performance.now() - began,
  };
}

/** Arranges the kill; returns what calls it off. */
function arm(instant: KillInstant | undefined, directory: string | undefined, kill: () => void): () => void {
  if (instant === undefined || directory === undefined) return () => undefined;
  const { checkpoint, milliseconds } = instant;
  if (checkpoint === 0) {
    const timer = setTimeout(kill, milliseconds);
    return () => clearTimeout(timer);
  }
  const seen = new Set<string>();
  const watcher = watch(directory, (_, name) => {
    if (!name?.endsWith('.tmp') || seen.has(name)) return;
    seen.add(name);
    if (seen.size !== checkpoint) return;
    sleep(milliseconds);
    kill();
  });
  return () => watcher.close();
}

/** Timers are too coarse for fractions of a millisecond. */
function sleep(milliseconds: number): void {
  if (milliseconds > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
