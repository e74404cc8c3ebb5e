// The peers that come from npm. They are not dependencies of Convoy: `bench:peers` installs them into a folder that git ignores.
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const VERSIONS = {
  '@jax-js/jax': '0.1.25',
  '@tensorflow/tfjs': '4.22.0',
  '@tensorflow/tfjs-backend-wasm': '4.22.0',
  convnetjs: '0.3.0',
};

/** The folder of the installed packages and of the jobs; git ignores it. */
export const PEERS_FOLDER = fileURLToPath(new URL('../../../runs/peers', import.meta.url));

/** A `require` that finds the packages installed in a folder. */
export const requireFrom = (folder: string): NodeJS.Require => createRequire(join(folder, 'package.json'));

/** Installs the peers if they are not installed yet, without running their install scripts. */
export async function installPeers(): Promise<void> {
  const manifest = JSON.stringify({ private: true, dependencies: VERSIONS }, null, 2);
  // This record is written last, so an interrupted install is repeated.
  const record = join(PEERS_FOLDER, 'node_modules', 'installed.json');
  if ((await readFile(record, 'utf8').catch(() => '')) === manifest) return;
  await mkdir(PEERS_FOLDER, { recursive: true });
  await writeFile(join(PEERS_FOLDER, 'package.json'), manifest);
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  await promisify(execFile)('npm', ['install', ...options], { cwd: PEERS_FOLDER, shell: process.platform === 'win32' });
  await writeFile(record, manifest);
}
