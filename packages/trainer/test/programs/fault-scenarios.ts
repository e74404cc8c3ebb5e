// Runs scenarios, which its argument lists as JSON, and writes their reports. Needs `planted-fault.ts` preloaded.
import { type FaultReport, type FaultScenario, FaultTrials } from '../fault-scenarios.ts';
import { FaultBoard } from '../faults.ts';

const scenarios = JSON.parse(process.argv[2] as string) as readonly FaultScenario[];
const trials = new FaultTrials(FaultBoard.create());
const reports: FaultReport[] = [];
for (const scenario of scenarios) reports.push(await trials.run(scenario));
process.stdout.write(JSON.stringify(reports));
