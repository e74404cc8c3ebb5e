// Starts one process of the kill campaign, kills it at a given time, and returns its output.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { TargetArguments, TargetEnd, TargetStart } from './kill-target.ts';

/** The time at which a process is killed: so long after it started to write its n-th checkpoint, or for n = 0 after its own start. */
export interface KillInstant {
  readonly checkpoint: number;
  readonly milliseconds: number;
}

export interface KilledProcess {
  readonly outcome: 'killed' | 'ended' | 'failed' | 'hung';
  /** Undefined if the process was killed before. */
  readonly start: TargetStart | undefined;
  readonly end: TargetEnd | undefined;
  readonly errors: string;
  /** The time from its start to its first line, and to its end. */
  readonly millisecondsToStart: number;
  readonly milliseconds: number;
}

const PROGRAM = fileURLToPath(new URL('./kill-target.ts', import.meta.url));
/** 100 times the duration of a process on an idle machine. */
const HANG_MS = 100_000;

/** Starts the target and kills it at the given time, unless it has ended before. */
export async function runTarget(target: TargetArguments, instant?: KillInstant): Promise<KilledProcess> {
  const began = performance.now();
  const child = spawn(process.execPath, ['--conditions=@convoy/source', PROGRAM, JSON.stringify(target)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A cache of compiled modules, because compiling would take most of the time of such a short process.
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
  // The process may have ended before the signal arrived.
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

/** Schedules the kill. @returns a function that cancels it */
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

/** Blocks the thread, because timers are too coarse for fractions of a millisecond. */
function sleep(milliseconds: number): void {
  if (milliseconds > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
