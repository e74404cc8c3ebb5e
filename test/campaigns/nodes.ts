// Trains the same model with the built command on several versions of Node, which npm installs, and with one and two workers. All runs must
// end with the same parameters, bit for bit.
// npm run campaign:nodes
import { execFileSync, execSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { campaignOptions } from './options.ts';
import { row } from './row.ts';

/** All supported major versions. */
const VERSIONS = [20, 22, 24, 26] as const;
const WORKERS = [1, 2] as const;
const EPOCHS = 2;
/** About 10 times the duration of a run on an idle machine. */
const MAX_MILLISECONDS_PER_RUN = 120_000;

const COMMAND = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url));

campaignOptions({});
const write = (line: string) => process.stdout.write(`${line}\n`);
const hashes: string[] = [];
let failures = 0;

write(`${row('Node', 'workers', 'seconds')}  parameters, SHA-256`);
for (const version of VERSIONS) {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-node-'));
  try {
    const node = install(version, folder);
    for (const workers of WORKERS) {
      const { exact, seconds, hash } = train(node, workers, join(folder, 'out'));
      hashes.push(hash);
      write(`${row(exact, workers, seconds.toFixed(1))}  ${hash}`);
    }
  } catch (error) {
    failures++;
    write(`${row(version)}  failed: ${error instanceof Error ? error.message : error}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const different = new Set(hashes).size;
write(
  failures === 0 && different === 1
    ? `${hashes.length} runs ended with the same parameters.`
    : `PROMISE BROKEN: ${hashes.length} runs ended with ${different} different parameters, ${failures} versions failed.`,
);
if (failures > 0 || different !== 1) process.exitCode = 1;

/** Installs a version of Node. @returns the path of its binary */
function install(version: number, folder: string): string {
  // The package fetches its binary in an install script, which npm runs only if it is allowed by name.
  const manifest = { private: true, dependencies: { node: String(version) }, allowScripts: { node: true } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  execSync('npm install --no-audit --no-fund --loglevel=error', {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return join(folder, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

function train(node: string, workers: number, out: string): { exact: string; seconds: number; hash: string } {
  const run = (...args: readonly string[]) =>
    execFileSync(node, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: MAX_MILLISECONDS_PER_RUN,
    });
  const exact = run('--version').trim();
  const began = performance.now();
  const lines = run(
    COMMAND,
    ...['train', 'lenet5', '--data', 'mnist', '--epochs', String(EPOCHS), '--momentum', '0.9', '--seed', '1'],
    ...['--workers', String(workers), '--out', out, '--json'],
  );
  const seconds = (performance.now() - began) / 1000;
  const { event, parametersSha256: hash } = JSON.parse(lines.trim().split('\n').at(-1) ?? '');
  if (event !== 'done' || typeof hash !== 'string') throw new Error(`the command printed no result: ${lines}`);
  return { exact, seconds, hash };
}
