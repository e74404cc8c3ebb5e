// Makes a fresh clone ready to run: checks the machine and installs the packages, unless they are installed already.
// It runs before anything is installed, on whatever Node the machine has: plain JavaScript over Node's own modules. Imports are
// namespaces because on an old Node a name that is missing would be a SyntaxError, in place of the message about the version.
import * as childProcess from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as url from 'node:url';

const OLDEST_NODE = [20, 19];
// Measured from nothing in November 2026: 650 MB for node_modules and pnpm's store (linked, not copied), 90 MB for npm's cache.
const FIRST_INSTALL_MEGABYTES = 800;

const root = path.dirname(path.dirname(url.fileURLToPath(import.meta.url)));
const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const modules = path.join(root, 'node_modules');
// pnpm writes this copy of the lock file last, so it also tells an install that was cut short.
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

/** Standard error keeps standard output free for what the job itself prints. */
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

/** Scripts run on the Node of package.json's devDependencies; were it missing they would run, silently, on the machine's own. */
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
  return `not enough disk space: ${found}, a first install takes about ${FIRST_INSTALL_MEGABYTES} MB. Free some and run this again.`;
}

function install() {
  say(`installing packages with ${manifest.packageManager} (about 20 s the first time, longer on a slow network) ...`);
  const started = Date.now();
  // The purge of a node_modules that another version of pnpm left asks for no confirmation: there is nobody to answer.
  const command = `npx -y ${manifest.packageManager} install --frozen-lockfile --config.confirm-modules-purge=false --loglevel=info`;
  const result = childProcess.spawnSync(command, {
    cwd: root,
    shell: true,
    encoding: 'utf8',
    maxBuffer: 64e6,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      // Errors must be seen even under `npm --silent`.
      npm_config_loglevel: 'warn',
      // npm's defaults wait 70 s before they report that there is no network.
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

/** The last lines of a failed install, then what to do about it. */
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
    return 'pnpm-lock.yaml does not fit the package.json files: run `pnpm install` and commit the lock file.';
  }
  return `the install failed (${signal ?? `exit code ${status}`}); the lines above say why.`;
}
