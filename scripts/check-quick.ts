// `npm run check:quick`: lint, types, and the tests related to the changed files, within about a minute. The changed files are those that
// differ from the merge base with `main` (on `main` itself from the last commit; with `-- --since REV` from that revision), and untracked files.
//
// Related are all tests of a package with a changed file, which run first, and all tests that import a changed file. Tests that reach a file
// only through a process or a worker thread of their own are not found by imports, so they run only for changes of their own package. A file
// of the kernels is related to nearly every test, so the time is bounded: long tests of other packages are left out, and at the deadline the
// run is stopped. The last line says what was left out; `npm test` runs all tests.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BaseSequencer, createVitest, type TestSpecification } from 'vitest/node';
import { LONG_TESTS, rankOf } from './long-tests.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
/** From the start; tests that are running then are finished. */
const DEADLINE_SECONDS = 40;
/** A change of one of these can affect every test. */
const SHARED = ['package.json', 'pnpm-lock.yaml', 'tsconfig.base.json', 'vitest.config.ts'];

/** Keeps the order of the files that are given to it. */
class GivenOrder extends BaseSequencer {
  override sort = async (files: TestSpecification[]) => files;
}

const { values: options } = parseArgs({ options: { since: { type: 'string' } } });
const deadline = performance.now() + 1000 * DEADLINE_SECONDS;
if (!succeeds('biome', 'check', '--error-on-warnings') || !succeeds('tsc', '-b')) process.exit(1);

const changed = changedFiles();
const importing = await testsThatImport(changed);
const vitest = await createVitest('test', { root: ROOT, watch: false, sequence: { sequencer: GivenOrder } });
const all = await vitest.getRelevantTestSpecifications();
const related = relatedTests(all);
const long = related.filter((test) => isLong(test) && !isOwn(test));
const chosen = related.filter((test) => !long.includes(test));
const late = await runUntilDeadline(chosen);
await vitest.close();
say(
  ...(late > 0 ? [`${late} of ${chosen.length} related test files, because time was up`] : []),
  ...(long.length > 0
    ? [`${long.length} long test files of other packages (${long.map(({ moduleId }) => pathOf(moduleId)).join(', ')})`]
    : []),
);

/** Prints the last line. */
function say(...leftOut: readonly string[]): void {
  console.log(
    leftOut.length > 0
      ? `Left out: ${leftOut.join('; ')}. \`npm test\` runs all tests.`
      : `All ${chosen.length} related test files ran.`,
  );
}

/** Runs a program of `node_modules/.bin`, which npm adds to the path. */
function succeeds(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args, { cwd: ROOT, stdio: 'inherit', shell: process.platform === 'win32' }).status === 0;
}

function git(...args: readonly string[]): readonly string[] {
  const { status, stdout } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? stdout.split('\n').filter((line) => line !== '') : [];
}

/** Paths relative to the root. */
function changedFiles(): readonly string[] {
  const base = options.since ?? git('merge-base', 'HEAD', 'main')[0] ?? 'HEAD';
  return [...git('diff', '--name-only', base), ...git('ls-files', '--others', '--exclude-standard')];
}

/** The test files that import one of these files, directly or through others. */
async function testsThatImport(files: readonly string[]): Promise<ReadonlySet<string>> {
  const sources = files.filter((file) => /\.m?ts$/.test(file)).map((file) => ROOT + file);
  if (sources.length === 0) return new Set();
  const search = await createVitest('test', { root: ROOT, watch: false, related: sources, reporters: [] });
  const found = await search.getRelevantTestSpecifications();
  await search.close();
  return new Set(found.map(({ moduleId }) => moduleId));
}

/** The tests of the changed packages first, their long ones after the others. */
function relatedTests(tests: readonly TestSpecification[]): readonly TestSpecification[] {
  const isRelated = changed.some((file) => SHARED.includes(file))
    ? () => true
    : (test: TestSpecification) => isOwn(test) || importing.has(test.moduleId);
  const order = (test: TestSpecification) => (isOwn(test) ? 0 : 2) + (isLong(test) ? 1 : 0);
  return tests.filter(isRelated).toSorted((a, b) => order(a) - order(b));
}

/** Whether it belongs to a changed package, or changed itself. */
function isOwn({ moduleId }: TestSpecification): boolean {
  return changed.some((file) => packageOf(file) === packageOf(pathOf(moduleId)));
}

function isLong({ moduleId }: TestSpecification): boolean {
  return rankOf(moduleId) < LONG_TESTS.length;
}

function pathOf(moduleId: string): string {
  return moduleId.slice(ROOT.length);
}

/** `packages/layers`, `apps/cli`, `bench`; for a file of `test` or of another folder its own path. */
function packageOf(file: string): string {
  return /^(?:(?:packages|apps)\/[^/]+|bench)(?=\/)/.exec(file)?.[0] ?? file;
}

/** @returns the number of test files that had not started at the deadline */
async function runUntilDeadline(tests: readonly TestSpecification[]): Promise<number> {
  if (tests.length === 0) return 0;
  await vitest.standalone();
  const timer = setTimeout(() => void vitest.cancelCurrentRun('keyboard-input'), deadline - performance.now());
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications([...tests]);
  clearTimeout(timer);
  // Vitest also sets the code for a run that was stopped.
  process.exitCode = unhandledErrors.length > 0 || testModules.some((module) => module.state() === 'failed') ? 1 : 0;
  const ran = testModules.filter((module) => module.state() !== 'skipped' && module.state() !== 'queued');
  return tests.length - ran.length;
}
