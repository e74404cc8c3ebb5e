// Makes a fresh clone ready to run: checks the machine, and installs the packages if they are not installed yet.
// This script runs before anything is installed, with any version of Node, so it is plain JavaScript and imports only modules of Node. The
// imports are namespaces, because on an old Node a missing name would be a SyntaxError instead of the message about the version.
import * as childProcess from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as url from 'node:url';

const OLDEST_NODE = [20, 19];
// Measured for a first install in November 2026: 650 MB for node_modules and pnpm's store (linked, not copied), 90 MB for npm's cache.
const FIRST_INSTALL_MEGABYTES = 800;

const root = path.dirname(path.dirname(url.fileURLToPath(import.meta.url)));
const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const modules = path.join(root, 'node_modules');
// pnpm writes this copy of the lock file last, so it is missing after an interrupted install.
const installedLockFile = path.join(modules, '.pnpm', 'lock.yaml');

try {
  checkNode();
  if (isInstalled()) {
    say('packages are up to date');
  } else {
    checkSpace();
    install();
  }
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}

/** Prints to standard error, because standard output belongs to the job that follows. */
function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    const oldest = OLDEST_NODE.join('.');
    throw new Error(
      `Node ${process.versions.node} is too old. Convoy needs Node ${oldest} or newer: install one and run this again.`,
    );
  }
}

function isInstalled() {
  const wanted = fs.readFileSync(path.join(root, 'pnpm-lock.yaml'));
  return fs.existsSync(installedLockFile) && fs.readFileSync(installedLockFile).equals(wanted) && hasDevelopmentNode();
}

/** Scripts run on the Node in devDependencies; without it, they would run on the Node of the machine without any message. */
function hasDevelopmentNode() {
  const binary = path.join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const { stdout } = childProcess.spawnSync(binary, ['--version'], { encoding: 'utf8' });
  return stdout?.trim() === `v${manifest.devDependencies.node}`;
}

function checkSpace() {
  if (fs.existsSync(installedLockFile)) return;
  const { bavail, bsize } = fs.statfsSync(root);
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free < FIRST_INSTALL_MEGABYTES) throw new Error(notEnoughSpace(`${free} MB are free in ${root}`));
}

function notEnoughSpace(found) {
  return `not enough disk space: ${found}, a first install takes about ${FIRST_INSTALL_MEGABYTES} MB. Free some space and run this again.`;
}

function install() {
  say(`installing packages with ${manifest.packageManager} (about 20 s the first time, longer on a slow network) ...`);
  const started = Date.now();
  // If another version of pnpm made node_modules, pnpm removes it without asking for a confirmation, which nobody could give.
  const command = `npx -y ${manifest.packageManager} install --frozen-lockfile --config.confirm-modules-purge=false --loglevel=info`;
  const result = childProcess.spawnSync(command, {
    cwd: root,
    shell: true,
    encoding: 'utf8',
    maxBuffer: 64e6,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      // Errors must be visible even with `npm --silent`.
      npm_config_loglevel: 'warn',
      // With its defaults, npm waits 70 s before it reports a missing network.
      npm_config_fetch_retry_mintimeout: '1000',
      npm_config_fetch_retry_maxtimeout: '5000',
    },
  });
  if (result.status !== 0) throw new Error(explain(result));
  if (!hasDevelopmentNode()) {
    throw new Error(
      `the install left no Node ${manifest.devDependencies.node}: delete node_modules and run this again.`,
    );
  }
  say(`installed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** Prints the last lines of a failed install. @returns what to do about it */
function explain({ error, signal, status, stdout, stderr }) {
  if (error) return `cannot start the install: ${error.message}`;
  const output = `${stdout}\n${stderr}`;
  const noise = /^\s*$|:\d+:\d+\)|npm warn|^Progress|Will retry/;
  const lines = output.split('\n').filter((line) => !noise.test(line));
  process.stderr.write(`${lines.slice(-12).join('\n')}\n`);

  if (/ENOSPC|no space left/i.test(output)) return notEnoughSpace('the disk is full');
  const network = /EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|SOCKET_TIMEOUT/.exec(
    output,
  );
  if (network) {
    return `cannot reach the package registry (${network[0]}). A first install downloads packages: connect, or set npm's proxy, and run this again.`;
  }
  if (output.includes('ERR_PNPM_OUTDATED_LOCKFILE')) {
    return 'pnpm-lock.yaml does not match the package.json files: run `pnpm install` and commit the lock file.';
  }
  return `the install failed (${signal ?? `exit code ${status}`}); the lines above say why.`;
}
