// Runs a program of the tests in a process of its own, from source.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface ProgramResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the last output to the end of the process. */
  readonly millisecondsToExit: number;
}

export interface ProgramOptions {
  readonly nodeOptions?: readonly string[];
  readonly arguments?: readonly string[];
  /** Variables added to the environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 55_000;

/** A program that does not end is killed; its exit code is then null. */
export async function runProgram(program: URL, options: ProgramOptions = {}): Promise<ProgramResult> {
  const { nodeOptions = [], arguments: programArguments = [], environment } = options;
  const child = spawn(
    process.execPath,
    ['--conditions=@convoy/source', ...nodeOptions, fileURLToPath(program), ...programArguments],
    {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    },
  );
  let lastOutput = performance.now();
  child.stdout.on('data', () => {
    lastOutput = performance.now();
  });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const [exitCode] = await once(child, 'exit');
  const millisecondsToExit = performance.now() - lastOutput;
  const [stdout, stderr] = await output;
  return { exitCode, stdout, stderr, millisecondsToExit };
}

/** What a program reports as JSON. It must end well, and write nothing else. */
export async function reportOf<T>(program: URL, options?: ProgramOptions): Promise<T> {
  const { exitCode, stdout, stderr } = await runProgram(program, options);
  if (exitCode === 0 && stderr === '') return JSON.parse(stdout);
  throw new Error(`${program.pathname} ended with ${exitCode}: ${stdout}${stderr}`);
}
