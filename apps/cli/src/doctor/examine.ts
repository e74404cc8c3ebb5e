// Finds the parts of a diagnosis in a process of its own, because the lack of memory, for example, can end a process
// without an error that it could catch. This module loads nothing that needs WebAssembly, threads or much memory.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Diagnosis } from '@convoy/trainer';

export interface Examination {
  readonly parts: Partial<Diagnosis>;
  /** Why there are no more parts; undefined if there are all. */
  readonly end: string | undefined;
}

/** About 50 times its duration. */
const MAX_MILLISECONDS = 60_000;

// Neither a compiler nor Node rewrites the extension in a URL: it is the extension of this file.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const program = fileURLToPath(new URL(`./diagnosis-program.${extension}`, import.meta.url));

/** @throws the reason of the signal, if it aborts */
export async function examine(signal: AbortSignal): Promise<Examination> {
  const child = await started();
  if (child === undefined) return examineHere();
  const kill = () => child.kill('SIGKILL');
  const timer = setTimeout(kill, MAX_MILLISECONDS);
  signal.addEventListener('abort', kill);
  try {
    const { stdout, stderr } = child as ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream };
    const [lines, errors, [code, signalName]] = await Promise.all([text(stdout), text(stderr), once(child, 'close')]);
    signal.throwIfAborted();
    const parts = partsOf(lines);
    return { parts, end: code === 0 ? undefined : endOf(parts, signalName ?? `exit code ${code}`, errors) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}

/** The process, with the options of this one; undefined if it cannot be started. */
async function started(): Promise<ChildProcess | undefined> {
  try {
    const child = spawn(process.execPath, [...process.execArgv, program], { stdio: ['ignore', 'pipe', 'pipe'] });
    await once(child, 'spawn');
    return child;
  } catch {
    return undefined;
  }
}

/** A process that may start no others may start no threads either, so nothing here ends it. */
async function examineHere(): Promise<Examination> {
  const { diagnose } = await import('@convoy/trainer');
  return { parts: await diagnose(), end: undefined };
}

/** A process that died may have left a part of a line. */
const partsOf = (lines: string): Partial<Diagnosis> =>
  Object.assign(
    {},
    ...lines
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  );

/** What was examined when the process died, how it died, and what it said. */
function endOf(parts: Partial<Diagnosis>, how: string, errors: string): string {
  const [, examined] = EXAMINED.find(([part]) => parts[part] === undefined) ?? [];
  const why = how.startsWith('SIG') ? `. ${LIMITS}` : '';
  const fatal = /^.*\b(?:fatal|error|out of memory)\b.*$/im.exec(errors)?.[0].replace(/^[#\s]+/, '');
  return `a process that ${examined ?? 'had found everything'} died (${how}${fatal === undefined ? '' : `: ${fatal}`})${why}`;
}

const LIMITS = 'The usual reason is a limit of memory: of a container, of ulimit -v, or of --max-old-space-size';

/** What the process does until it has found a part. */
const EXAMINED: readonly (readonly [part: keyof Diagnosis, examined: string])[] = [
  ['node', 'loaded Convoy'],
  ['sharedMemory', 'allocated shared memory'],
  ['wide', 'tested wide SIMD'],
  ['convolution', 'measured a convolution'],
  ['threads', 'started a thread'],
  ['training', 'trained on all cores'],
];
