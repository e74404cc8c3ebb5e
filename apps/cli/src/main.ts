#!/usr/bin/env node
// Starts the `convoy` command, or says why it cannot start. It imports nothing before it has checked the version of
// Node, because old versions cannot load the rest.

/** As `engines` in package.json says. */
const OLDEST = { major: 20, minor: 19 } as const;
const FAILED = 1;

const { node } = process.versions;
const [major = 0, minor = 0] = node.split('.').map(Number);
if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
  fail(`Given Node ${node}; expected Node ${OLDEST.major}.${OLDEST.minor} or later. Install a newer version of Node.`);
} else {
  const command = await import('./process/command-process.ts').catch(reportUnloadable);
  await command?.runInProcess();
}

/** A permission or a package is missing, or memory. */
function reportUnloadable(error: unknown): void {
  const [reason] = String(error instanceof Error ? error.message : error).split('\n');
  const fix = 'Install Convoy again; with --permission, pass --allow-fs-read=*, --allow-fs-write=* and --allow-worker.';
  fail(`Given files of Convoy that Node cannot load (${reason}); expected files that it can load. ${fix}`);
}

function fail(message: string): void {
  process.stderr.write(`error: ${message}\n`);
  process.exitCode = FAILED;
}
