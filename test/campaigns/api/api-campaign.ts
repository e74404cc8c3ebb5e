// Runs the calls in a process of their own. A process that ends or blocks costs one call: the next process continues
// with the call after it.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Report } from './caller.ts';

export interface ApiCampaignOptions {
  readonly seed: number;
  readonly calls: number;
  /** The percentage of calls that start threads or train. */
  readonly slow: number;
  /** A process without a report for so many milliseconds is blocked; default 15 000. */
  readonly blockedAfter?: number;
  /** The program that makes the calls; default `caller.ts`. */
  readonly program?: URL;
}

export interface Problem {
  readonly call: number;
  readonly label: string;
  readonly problem: string;
}

export interface ApiReport {
  readonly calls: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly problems: readonly Problem[];
  /** Milliseconds of the slowest call that ended. */
  readonly slowest: { readonly milliseconds: number; readonly label: string };
  /** Resident memory of the process, at intervals. */
  readonly mebibytes: readonly number[];
}

/** A call that takes longer is a problem. */
export const MAX_CALL_MILLISECONDS = 2000;
const START = 'the start of the process';

export async function runApiCampaign(
  options: ApiCampaignOptions,
  onProblem: (problem: Problem) => void = () => {},
): Promise<ApiReport> {
  const problems: Problem[] = [];
  const report = { accepted: 0, rejected: 0, slowest: { milliseconds: 0, label: '' }, mebibytes: [] as number[] };
  const add = (problem: Problem) => {
    problems.push(problem);
    onProblem(problem);
  };
  for (let next = 0; next < options.calls; ) {
    let label = START;
    const ending = await runCaller(options, next, (line) => {
      if (line.kind === 'call') {
        next = line.call + 1;
        label = line.label;
      } else if (line.kind === 'problem') {
        add({ call: line.call, label: line.label, problem: line.problem });
      } else if (line.kind === 'memory') {
        report.mebibytes.push(line.mebibytes);
      } else {
        report[line.outcome]++;
        if (line.milliseconds > MAX_CALL_MILLISECONDS) {
          add({ call: next - 1, label, problem: `took ${line.milliseconds.toFixed(0)} ms` });
        }
        if (line.milliseconds > report.slowest.milliseconds)
          report.slowest = { milliseconds: line.milliseconds, label };
      }
    });
    if (ending !== undefined) add({ call: next - 1, label, problem: ending });
    if (ending !== undefined && label === START) break;
  }
  return { calls: options.calls, ...report, problems };
}

/** Runs a process until it ends. Returns how it ended, unless it made all calls. */
async function runCaller(
  { seed, calls, slow, blockedAfter = 15_000, program = new URL('caller.ts', import.meta.url) }: ApiCampaignOptions,
  first: number,
  onLine: (line: Report) => void,
): Promise<string | undefined> {
  const flags = ['--conditions=@convoy/source', '--expose-gc', '--no-warnings'];
  const child = spawn(process.execPath, [...flags, fileURLToPath(program), ...[seed, first, calls, slow].map(String)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let isBlocked = false;
  const block = () => {
    isBlocked = true;
    child.kill('SIGKILL');
  };
  let timer = setTimeout(block, blockedAfter);
  let errorText = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errorText = (errorText + chunk).slice(-500);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    clearTimeout(timer);
    timer = setTimeout(block, blockedAfter);
    onLine(JSON.parse(line));
  });
  const [exitCode, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.on('close', (...ending) => resolve(ending));
  });
  clearTimeout(timer);
  if (isBlocked) return `blocked the process for ${blockedAfter} ms`;
  return exitCode === 0 ? undefined : `ended the process with ${signal ?? exitCode}: ${errorText.trim().slice(-300)}`;
}
