// A disk of a given size, to be filled up or made read-only. Only root may mount one, and only Linux has it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';

/** The path of an empty disk, which goes with the test. Where none can be mounted the test is skipped, but never in CI. */
export function smallDisk(context: TestContext, kibibytes: number): string {
  const path = mkdtempSync(join(tmpdir(), 'convoy-disk-'));
  onTestFinished(() => rmdirSync(path));
  try {
    mount('-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', path);
  } catch (error) {
    const { CI } = process.env;
    if (CI) throw error;
    context.skip(`no tmpfs can be mounted here: ${error}`);
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', path]));
  return path;
}

/** Makes the disk read-only, for root too. */
export const makeReadOnly = (path: string): void => mount('-o', 'remount,ro', path);

const mount = (...options: string[]): void => void execFileSync('mount', options, { stdio: 'pipe' });
