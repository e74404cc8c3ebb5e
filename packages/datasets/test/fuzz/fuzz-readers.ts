// Reads damaged files. Each of them must be read, or be refused with a complete `ConvoyError` that names the file, in
// bounded time and memory.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isConvoyError } from '@convoy/tensor/errors';
import fc from 'fast-check';
import { goldenFile } from '../golden-file.ts';
import { damage } from './damage.ts';
import { type FuzzTarget, fuzzTargets } from './targets.ts';

const MAX_MILLISECONDS = 10_000;
/** The golden files are small, so this is far more than any of them needs. */
const MAX_GROWTH_BYTES = 256 * 2 ** 20;

export interface FuzzReport {
  readonly name: string;
  readonly accepted: number;
  readonly rejected: number;
  readonly slowestMilliseconds: number;
  /** The first problem that was found, with the shortest damage that causes it. */
  readonly problem: string | undefined;
}

/** Fuzzes every reader with `cases` damaged files in all. The same seed damages the files in the same way. */
export async function fuzzReaders({
  cases,
  seed,
  targets = fuzzTargets,
}: {
  readonly cases: number;
  readonly seed: number;
  readonly targets?: Readonly<Record<string, FuzzTarget>>;
}): Promise<readonly FuzzReport[]> {
  const directory = await mkdtemp(join(tmpdir(), 'convoy-fuzz-'));
  const all = Object.entries(targets);
  const reports: FuzzReport[] = [];
  try {
    for (const [name, target] of all) {
      reports.push(await fuzzReader(directory, name, target, Math.ceil(cases / all.length), seed));
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return reports;
}

async function fuzzReader(directory: string, name: string, { files, read }: FuzzTarget, numRuns: number, seed: number) {
  const counts = { accepted: 0, rejected: 0, slowestMilliseconds: 0 };
  const startBytes = process.memoryUsage.rss();
  const property = fc.asyncProperty(fc.constantFrom(...files), damage, async (file, damaged) => {
    const own = join(directory, 'case');
    const path = join(own, basename(file));
    await mkdir(own);
    try {
      await writeFile(path, damaged(await readFile(goldenFile(file))));
      const start = performance.now();
      const problem = await problemOf(() => read(path, goldenFile(file)), own, counts);
      const milliseconds = performance.now() - start;
      counts.slowestMilliseconds = Math.max(counts.slowestMilliseconds, Math.round(milliseconds));
      if (problem !== undefined) throw new Error(problem);
      if (milliseconds > MAX_MILLISECONDS) throw new Error(`took ${milliseconds} ms`);
      const growth = process.memoryUsage.rss() - startBytes;
      if (growth > MAX_GROWTH_BYTES) throw new Error(`memory grew by ${growth} bytes`);
    } finally {
      await rm(own, { recursive: true });
    }
  });
  const { failed, seed: used, counterexamplePath, errorInstance } = await fc.check(property, { numRuns, seed });
  const problem = failed ? `${String(errorInstance)} (seed ${used}, path ${counterexamplePath})` : undefined;
  return { name, ...counts, problem };
}

async function problemOf(
  read: () => Promise<unknown>,
  directory: string,
  counts: { accepted: number; rejected: number },
): Promise<string | undefined> {
  try {
    await read();
    counts.accepted++;
    return;
  } catch (error) {
    if (!isConvoyError(error)) return `threw no ConvoyError: ${error instanceof Error ? error.stack : error}`;
    counts.rejected++;
    if (!error.message.includes(directory)) return `an error that does not name the file: ${error.message}`;
    const isComplete = [error.given, error.expected].every((part) => part !== '') && /^[A-Z].*[.?]$/s.test(error.fix);
    return isComplete ? undefined : `an incomplete message: ${error.message}`;
  }
}
