// `npm run bench`: measures, and prints tables or one JSON document.
import { parseArgs } from 'node:util';
import { environment } from './measuring/environment.ts';
import type { SuiteReport } from './measuring/measurement.ts';
import { type EarlierReport, readEarlier } from './reports/earlier-report.ts';
import { formatEnvironment, formatSuite } from './reports/suite-report.ts';
import { runGrowth } from './suites/growth.ts';
import { runKernels } from './suites/kernels.ts';
import { formatLayers, runLayers } from './suites/layers.ts';
import { formatMemory, runMemory } from './suites/memory.ts';
import { runScaling } from './suites/scaling.ts';
import { runSteps } from './suites/steps.ts';

/** Runs a suite. @returns the report for the JSON document, and its table, which can show the ratios to an earlier report */
type RunSuite = (
  quick: boolean,
) => Promise<{ readonly report: unknown; readonly table: (earlier?: SuiteReport) => string }>;

const timed =
  (run: (quick: boolean) => Promise<SuiteReport>): RunSuite =>
  async (quick) => {
    const report = await run(quick);
    return { report, table: (earlier) => formatSuite(report, earlier) };
  };

const memory: RunSuite = async (quick) => {
  const report = await runMemory(quick);
  return { report, table: () => formatMemory(report) };
};

const layers: RunSuite = async (quick) => {
  const report = await runLayers(quick);
  return { report, table: () => formatLayers(report) };
};

const suites = {
  kernels: timed(runKernels),
  layers,
  steps: timed(runSteps),
  growth: timed(runGrowth),
  scaling: timed(runScaling),
  memory,
} as const;
type SuiteName = keyof typeof suites;

const usage = `bench [--only ${Object.keys(suites).join('|')}] [--compare FILE] [--quick] [--json]
  --only     only this suite
  --compare  shows a column of ratios to an earlier report, written by --json
  --quick    small cases, a few seconds, to see that everything runs; the figures are not reliable
  --json     one JSON document instead of tables`;

interface Settings {
  readonly names: readonly SuiteName[];
  readonly earlier: EarlierReport | undefined;
  readonly quick: boolean;
  readonly json: boolean;
}

async function settingsOf(args: readonly string[]): Promise<Settings> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      compare: { type: 'string' },
      quick: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  const { only, compare, quick = false, json = false } = values;
  const all = Object.keys(suites) as readonly SuiteName[];
  const names = all.filter((name) => only === undefined || name === only);
  if (names.length === 0) throw new TypeError(`Given --only ${only}; expected one of ${all.join(', ')}.`);
  if (compare && json)
    throw new TypeError('Given --compare and --json; expected one of them, because a JSON document has no ratios.');
  return { names, earlier: compare ? await readEarlier(compare) : undefined, quick, json };
}

async function run({ names, earlier, quick, json }: Settings): Promise<void> {
  const machine = environment();
  if (!json) console.log(formatEnvironment(machine));
  if (earlier) console.log(`compared with ${formatEnvironment(earlier.environment)}`);
  const reports: [SuiteName, unknown][] = [];
  for (const name of names) {
    const { report, table } = await suites[name](quick);
    reports.push([name, report]);
    if (!json) console.log(`\n${table(earlier?.suites[name])}`);
  }
  if (json) console.log(JSON.stringify({ environment: machine, quick, suites: Object.fromEntries(reports) }, null, 2));
}

let settings: Settings | undefined;
try {
  settings = await settingsOf(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  process.exitCode = 2;
}
if (settings) await run(settings);
