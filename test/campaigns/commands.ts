// Runs seeded command lines with the built command: wrong values, missing and unknown options, modules without a model, and right ones. Each must
// end within 10 s with a documented exit code and, if it fails, a message that says what was given, what was expected and how to fix it.
// npm run campaign:commands -- --lines 400 --seed 1
import { type CommandRun, runCommandCampaign } from './command-campaign.ts';
import { COMMANDS } from './command-lines.ts';
import { campaignOptions } from './options.ts';
import { row } from './row.ts';

const { lines, seed, hangSeconds } = campaignOptions({ lines: 400, seed: 1, hangSeconds: 10 });
const write = (line: string) => process.stdout.write(`${line}\n`);

const runs = await runCommandCampaign({ seed, lines, hangSeconds }, ({ line, problems }) => {
  for (const problem of problems) write(`PROMISE BROKEN: convoy ${line.args.map(shown).join(' ')}: ${problem}`);
});

write(row('command', 'lines', 'exit 0', 'exit 1', 'exit 2', 'longest, s'));
for (const [command, group] of byCommand(runs)) {
  const withCode = (code: number) => group.filter((run) => run.code === code).length;
  const longest = Math.max(...group.map(({ seconds }) => seconds));
  write(row(command, group.length, withCode(0), withCode(1), withCode(2), longest.toFixed(1)));
}
const broken = runs.filter(({ problems }) => problems.length > 0).length;
write(`${runs.length} command lines, ${broken} with a problem.`);
if (broken > 0) process.exitCode = 1;

/** Other texts than the name of a command count as one command. */
function byCommand(all: readonly CommandRun[]): ReadonlyMap<string, readonly CommandRun[]> {
  const nameOf = ({ line }: CommandRun): string => {
    const [command = ''] = line.args;
    return COMMANDS.some((name) => name === command) ? command : 'none';
  };
  return new Map([...COMMANDS, 'none'].map((name) => [name, all.filter((run) => nameOf(run) === name)]));
}

/** An argument as a shell takes it. */
function shown(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return /^[\w./=-]+$/.test(short) ? short : JSON.stringify(short);
}
