// The peers that come from npm. They are no dependencies of ours: they are installed into a folder that git ignores, when they are to be timed.
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const VERSIONS = {
  '@jax-js/jax': '0.1.25',
  '@tensorflow/tfjs': '4.22.0',
  '@tensorflow/tfjs-backend-wasm': '4.22.0',
  convnetjs: '0.3.0',
};

/** For what is installed and written; git ignores it. */
export const PEERS_FOLDER = fileURLToPath(new URL('../../../runs/peers', import.meta.url));

/** Installs the peers, unless they are there. Runs no scripts of theirs. */
export async function installPeers(): Promise<void> {
  const manifest = JSON.stringify({ private: true, dependencies: VERSIONS }, null, 2);
  // Written last, so an install that was cut short is taken again.
  const record = join(PEERS_FOLDER, 'node_modules', 'installed.json');
  if ((await readFile(record, 'utf8').catch(() => '')) === manifest) return;
  await mkdir(PEERS_FOLDER, { recursive: true });
  await writeFile(join(PEERS_FOLDER, 'package.json'), manifest);
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  await promisify(execFile)('npm', ['install', ...options], { cwd: PEERS_FOLDER, shell: process.platform === 'win32' });
  await writeFile(record, manifest);
}
