// `convoy train`: the options, as people see them.
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import type { Interruptions } from '../interruption.ts';
import { parseTrainOptions } from '../train-options.ts';
import { train } from '../training.ts';

const NOTES = `
A run that is stopped finishes its step; with --checkpoints it also writes a checkpoint.

Exit codes: 0 done, 1 failed, 2 bad input, 130 stopped by Ctrl-C, 143 stopped by SIGTERM. Errors go to standard
error; with --json also to standard output, as the last line: {"event":"error","code":"…","message":"…"}.`;

export function addTrainCommand(program: Command, interruptions: Interruptions): void {
  program
    .command('train <model>')
    .usage('<model> --data <set> [options]')
    .description('train a model and save its weights')
    .option('--data <set>', 'data set to train on and to test with')
    .option('--data-dir <directory>', 'where the files of the data set are (default: those that come with Convoy)')
    .option('--limit <n>', 'train on the first n samples only (default: all)')
    .addOption(withDefault('--epochs <n>', 'passes over the training data', 4))
    .addOption(withDefault('--batch-size <n>', 'samples of a step', 64))
    .addOption(withDefault('--learning-rate <x>', 'length of the steps of gradient descent', 0.01))
    .addOption(withDefault('--momentum <x>', 'how much of a step goes on in the next one', 0.9))
    .addOption(withDefault('--weight-decay <x>', 'factor of the L2 penalty on the parameters', 0))
    .addOption(withDefault('--workers <n>', 'threads; the result does not depend on it', availableParallelism()))
    .addOption(withDefault('--simd <kind>', 'strict or wide: faster with the same result, see convoy doctor', 'strict'))
    .addOption(withDefault('--seed <n>', 'chooses the initial parameters and the order of the samples', 0))
    .option('--out <directory>', 'where weights.safetensors is written (default: runs/<model>)')
    .option('--checkpoints <directory>', 'where checkpoints are written that --resume goes on from (default: none are)')
    .option('--checkpoint-steps <n>', 'write one every n steps (default: after each epoch)')
    .option('--resume', 'go on from the last checkpoint in --checkpoints, if there is one')
    .option('--fast-dev-run [n]', 'try the command out: one epoch of n batches (default: 1), nothing is saved')
    .option('--report', 'at the end, print precision, recall and F1 of each class of the test data')
    .option('--json', 'print one JSON object a line: start, each epoch, then done or error')
    .addHelpText('after', NOTES)
    .action((model: string, texts: Record<string, unknown>) => train(model, parseTrainOptions(texts), interruptions));
}

/** A default is a text as well, so that it goes the way of what people type. */
const withDefault = (flags: string, about: string, value: number | string): Option =>
  new Option(flags, about).default(`${value}`, `${value}`);
