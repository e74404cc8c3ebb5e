// `npm run bench:peers`: trains the same models with Convoy and with other frameworks, and prints tables or one JSON document.
import { parseArgs } from 'node:util';
import { environment } from './measuring/environment.ts';
import { isResult } from './peers/comparison.ts';
import { CONVOY, contenders } from './peers/contenders/contenders.ts';
import { type PeerWorkload, workloadOf, workloads } from './peers/jobs/workloads.ts';
import { installPeers } from './peers/packages.ts';
import { type PeerEffort, SideBySide } from './peers/side-by-side.ts';
import { formatPeerReport, type PeerReport } from './reports/peer-report.ts';
import { formatEnvironment } from './reports/suite-report.ts';

const EFFORT: PeerEffort = { rounds: 5, seconds: 1, smallerBy: 1 };
const QUICK: PeerEffort = { rounds: 2, seconds: 0.05, smallerBy: 8 };

const usage = `bench:peers [--only ${workloads.map(({ name }) => name).join('|')}]… [--peer NAME]… [--quick] [--json]
  --only   only these workloads
  --peer   only these frameworks, such as PyTorch; ${CONVOY} always takes part
  --quick  small batches and short rounds, to see that everything runs; the figures are not reliable
  --json   one JSON document instead of tables
The exit code is 1 if the losses of a contender differ from those of Convoy.`;

interface Settings {
  readonly chosen: readonly PeerWorkload[];
  readonly peers: readonly string[] | undefined;
  readonly quick: boolean;
  readonly json: boolean;
}

function settingsOf(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true },
      peer: { type: 'string', multiple: true },
      quick: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  const { only, peer, quick = false, json = false } = values;
  return { chosen: only?.map(workloadOf) ?? workloads, peers: peer, quick, json };
}

async function run({ chosen, peers, quick, json }: Settings): Promise<void> {
  const machine = environment();
  if (!json) console.log(formatEnvironment(machine));
  await installPeers();
  const wanted = (system: string): boolean => !peers || system === CONVOY || peers.includes(system);
  const chosenContenders = (await contenders()).filter(({ system }) => wanted(system));
  const reports: PeerReport[] = [];
  for (const workload of chosen) {
    const log = (line: string): void => console.error(`${workload.name}: ${line}`);
    const report = await new SideBySide(workload, quick ? QUICK : EFFORT, log).run(chosenContenders);
    reports.push(report);
    if (!json) console.log(`\n${formatPeerReport(report)}`);
  }
  const outcomes = reports.flatMap((report) => report.outcomes);
  if (outcomes.some((outcome) => !isResult(outcome) && outcome.differs)) process.exitCode = 1;
  if (json) console.log(JSON.stringify({ environment: machine, quick, workloads: reports }, null, 2));
}

let settings: Settings | undefined;
try {
  settings = settingsOf(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  process.exitCode = 2;
}
if (settings) await run(settings);
