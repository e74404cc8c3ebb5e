// Runs command lines with the built command, each in a process of its own, as users do.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type CommandFiles, type CommandLine, commandLines } from './command-lines.ts';
import { writeSmallMnist } from './small-mnist.ts';

export interface CommandRun {
  readonly line: CommandLine;
  readonly code: number | null;
  readonly seconds: number;
  /** What is wrong with how it ended. */
  readonly problems: readonly string[];
}

const COMMAND = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url));
const PARALLEL = 2;

export interface CommandCampaignOptions {
  readonly seed: number;
  readonly lines: number;
  /** A process that takes longer hangs. On an idle machine most of them take 0.3 s. */
  readonly hangSeconds: number;
}

/** @param onRun is called with each run when it has ended */
export async function runCommandCampaign(
  { seed, lines: count, hangSeconds }: CommandCampaignOptions,
  onRun: (run: CommandRun) => void = () => undefined,
): Promise<readonly CommandRun[]> {
  const directory = mkdtempSync(join(tmpdir(), 'convoy-commands-'));
  try {
    const files = await writeFiles(directory);
    const lines = commandLines(seed, count, files);
    const runs: CommandRun[] = [];
    const next = lines.values();
    const runOneByOne = async () => {
      for (const line of next) {
        const run = await runLine(line, directory, hangSeconds);
        runs.push(run);
        onRun(run);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, runOneByOne));
    return runs;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function writeFiles(directory: string): Promise<CommandFiles> {
  const data = join(directory, 'data');
  mkdirSync(data);
  await writeSmallMnist(data, { train: 64, test: 32 });
  const files = Object.entries(NONSENSE).map(([name, module]) => {
    const path = join(directory, name);
    writeFileSync(path, module);
    return path;
  });
  mkdirSync(join(directory, 'directory.js'));
  return { data, nonsense: [...files, join(directory, 'directory.js'), join(directory, 'absent.mjs'), directory] };
}

/** Modules without a model. */
const NONSENSE: Readonly<Record<string, string>> = {
  'empty.mjs': '',
  'null.mjs': 'export const model = null;',
  'number.mjs': 'export const model = 42;',
  'list.mjs': 'export const model = [];',
  'object.mjs': 'export const model = {};',
  'layer.mjs': 'export const model = { input: [1, 28, 28], layers: [{}], outputs: [0], output: [10] };',
  'getter.mjs': "export const model = { get layers() { throw new Error('no'); } };",
  'throws.mjs': "export const model = () => { throw new Error('no'); };",
  'throws-null.mjs': 'export const model = () => { throw null; };',
  'void.mjs': 'export function model() {}',
  'async.mjs': 'export const model = async () => ({});',
  'promise.mjs': 'export const model = Promise.resolve({});',
  'class.mjs': 'export class model {}',
  'exits.mjs': 'process.exit(0);',
  'waits.mjs': 'await new Promise(() => {});',
  'timer.mjs': 'setInterval(() => {}, 1000); export const model = 1;',
  'syntax.mjs': 'export const model = ;',
  'import.mjs': "import '@nobody/nothing';",
  'common.cjs': 'module.exports = { model: 1 };',
  'model.json': '{}',
};

async function runLine(line: CommandLine, cwd: string, hangSeconds: number): Promise<CommandRun> {
  const began = performance.now();
  const child = spawn(process.execPath, [COMMAND, ...line.args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 1000 * hangSeconds,
    killSignal: 'SIGKILL',
  });
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return {
    line,
    code,
    seconds: (performance.now() - began) / 1000,
    problems: problemsOf(line, { code, signal, stdout, stderr }),
  };
}

export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const STACK_LINE = /^\s+at .+:\d+/m;
const MESSAGE = /^error: Given .+; expected .+\. .+ \(CONVOY_\w+\)\n$/m;
const USAGE = /^Usage: convoy /;

/** What is wrong with the end of a process; nothing if it is one that the documentation describes. */
export function problemsOf({ args, expected }: CommandLine, { code, signal, stdout, stderr }: CommandEnd): string[] {
  if (signal !== null) return [signal === 'SIGKILL' ? 'hangs' : `dies of ${signal}`];
  const output = stdout + stderr;
  const isFailure = code === 1 || code === 2;
  return [
    ...(code === 0 || isFailure ? [] : [`has the exit code ${code}`]),
    ...(expected === undefined || code === expected ? [] : [`has the exit code ${code}; expected ${expected}`]),
    ...(STACK_LINE.test(output) ? [`prints a stack: ${output}`] : []),
    ...(code === 0 && stderr !== '' ? [`prints to standard error: ${stderr}`] : []),
    ...(isFailure && !isExplained(args, stdout, stderr) ? [`does not say what is wrong: ${stderr}`] : []),
    ...(isFailure && args.includes('--json') && !hasErrorEvent(stdout) ? [`prints no event: ${stdout}`] : []),
  ];
}

const isExplained = (args: readonly string[], stdout: string, stderr: string): boolean =>
  MESSAGE.test(stderr) || (args.length === 0 && USAGE.test(stderr)) || (args[0] === 'doctor' && stdout !== '');

function hasErrorEvent(stdout: string): boolean {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  return last.startsWith('{"event":"error","code":"');
}
