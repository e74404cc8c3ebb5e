// Calls every public function with wrong types, numbers out of range, missing values and unknown options. Each call must be accepted or rejected
// with a ConvoyError, within 2 s, and the process must survive.
// npm run campaign:api -- --calls 20000 --seed 1 --slow 20
import { type Problem, runApiCampaign } from './api/api-campaign.ts';
import { campaignOptions } from './options.ts';

/** Memory that caches may take after the first interval. */
const MAX_GROWTH_MEBIBYTES = 256;

const options = campaignOptions({ calls: 20_000, seed: 1, slow: 20 });
const write = (line: string) => process.stdout.write(`${line}\n`);
const report = await runApiCampaign(options, ({ call, label, problem }: Problem) =>
  write(`${call}  ${label}: ${problem}`),
);
const { calls, accepted, rejected, problems, slowest, mebibytes } = report;
const [first = 0] = mebibytes;
const growth = Math.max(...mebibytes) - first;
write(
  `${calls} calls: ${accepted} accepted, ${rejected} rejected, ${problems.length} problems; the slowest took ${slowest.milliseconds.toFixed(0)} ms: ${slowest.label}`,
);
write(
  `resident memory: ${first.toFixed(0)} MiB at first, at most ${growth.toFixed(0)} MiB more (limit: ${MAX_GROWTH_MEBIBYTES})`,
);
if (problems.length > 0 || growth > MAX_GROWTH_MEBIBYTES) process.exit(1);
