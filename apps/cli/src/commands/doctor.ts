// `convoy doctor`: what this machine and this version of Node offer.
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { formatDiagnosis } from '../doctor/diagnosis-text.ts';
import { examine } from '../doctor/examine.ts';
import { verdictOf } from '../doctor/verdict.ts';

export function addDoctorCommand(
  program: Command,
  { stdout, interruptions }: Context,
  setExitCode: (code: number) => void,
): void {
  program
    .command('doctor')
    .summary('check whether this machine can train, and how fast')
    .description(
      'Checks whether this machine and this version of Node can train, measures how fast they are, and recommends what to do. ' +
        'The exit code is 1 if they cannot train.',
    )
    .option('--json', 'print one JSON object')
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      const { parts, end } = await examine(interruptions.signal);
      const verdict = verdictOf(parts, end);
      const text = json ? JSON.stringify({ ...parts, ...verdict }) : formatDiagnosis(parts, verdict);
      stdout.write(`${text}\n`);
      if (!verdict.ready) setExitCode(1);
    });
}
