// `convoy doctor`: what this machine and this version of Node give.
import { diagnose } from '@convoy/trainer';
import type { Command } from 'commander';
import { formatDiagnosis } from '../doctor/diagnosis-text.ts';
import { verdictOf } from '../doctor/verdict.ts';

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('tell what this machine and Node give, and what to do about it')
    .option('--json', 'print one JSON object')
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      const diagnosis = await diagnose();
      const verdict = verdictOf(diagnosis);
      console.log(json ? JSON.stringify({ ...diagnosis, ...verdict }) : formatDiagnosis(diagnosis, verdict));
      if (!verdict.ready) process.exitCode = 1;
    });
}
