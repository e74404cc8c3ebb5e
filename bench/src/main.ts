// `pnpm bench`: measures, and prints tables or one JSON document.
import { parseArgs } from 'node:util';
import { environment } from './environment.ts';
import { runKernels } from './kernels.ts';
import type { SuiteReport } from './measurement.ts';
import { formatEnvironment, formatSuite } from './report.ts';
import { runScaling } from './scaling.ts';
import { runSteps } from './steps.ts';

const suites = { kernels: runKernels, steps: runSteps, scaling: runScaling } as const;
type SuiteName = keyof typeof suites;

const usage = `bench [--only ${Object.keys(suites).join('|')}] [--quick] [--json]
  --only   one suite instead of all
  --quick  seconds instead of minutes: shows that everything runs; the figures mean little
  --json   one JSON document instead of tables`;

interface Settings {
  readonly names: readonly SuiteName[];
  readonly quick: boolean;
  readonly json: boolean;
}

function settingsOf(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string' }, quick: { type: 'boolean' }, json: { type: 'boolean' } },
  });
  const { only, quick = false, json = false } = values;
  const all = Object.keys(suites) as readonly SuiteName[];
  const names = all.filter((name) => only === undefined || name === only);
  if (names.length === 0) throw new TypeError(`There is no suite '${only}'.`);
  return { names, quick, json };
}

async function run({ names, quick, json }: Settings): Promise<void> {
  const machine = environment();
  if (!json) console.log(formatEnvironment(machine));
  const reports: [SuiteName, SuiteReport][] = [];
  for (const name of names) {
    const report = await suites[name](quick);
    reports.push([name, report]);
    if (!json) console.log(`\n${formatSuite(report)}`);
  }
  if (json) console.log(JSON.stringify({ environment: machine, quick, suites: Object.fromEntries(reports) }, null, 2));
}

let settings: Settings | undefined;
try {
  settings = settingsOf(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  process.exitCode = 2;
}
if (settings) await run(settings);
