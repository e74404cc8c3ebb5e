// `pnpm bench`: measures, and prints tables or one JSON document.
import { parseArgs } from 'node:util';
import { type EarlierReport, readEarlier } from './earlier.ts';
import { environment } from './environment.ts';
import { runGrowth } from './growth.ts';
import { runKernels } from './kernels.ts';
import { formatLayers, runLayers } from './layers.ts';
import type { SuiteReport } from './measurement.ts';
import { formatMemory, runMemory } from './memory.ts';
import { formatEnvironment, formatSuite } from './report.ts';
import { runScaling } from './scaling.ts';
import { runSteps } from './steps.ts';

/** Runs a suite. @returns what goes into the JSON document, and a table of it that may show an earlier suite of the name */
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
  --only     one suite instead of all
  --compare  with a report that --json wrote: a column of ratios to it
  --quick    seconds instead of minutes: shows that everything runs; the figures mean little
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
  if (names.length === 0) throw new TypeError(`There is no suite '${only}'.`);
  if (compare && json) throw new TypeError('--compare shows ratios in tables; a JSON document has none.');
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
