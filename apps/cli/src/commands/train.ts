// `convoy train`: the options, as people see them.
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import type { Interruptions } from '../interruption.ts';
import { parseTrainOptions } from '../train-options.ts';
import { train } from '../training.ts';

const NOTES = `
The model is one of those that convoy models lists, or the path of a module (.js, .mjs, .ts) with an export
named model: a model, or a function ({ input, classes }) that returns one.

A run that is stopped finishes its step; with --checkpoints it also writes a checkpoint.

Exit codes: 0 done, 1 failed, 2 bad input, 130 stopped by Ctrl-C, 143 stopped by SIGTERM. Errors go to standard
error; with --json also to standard output, as the last line: {"event":"error","code":"…","message":"…"}.`;

export function addTrainCommand(program: Command, interruptions: Interruptions): void {
  program
    .command('train <model>')
    .usage('<model> --data <set> [options]')
    .description('train a model and save its weights')
    .option('--data <set>', 'data set to train on and to test with')
    .option('--data-dir <directory>', 'where the files of the data set are (default: those of its package)')
    .option('--limit <n>', 'train on the first n samples only (default: all)')
    .addOption(withDefault('--epochs <n>', 'passes over the training data', 4))
    .addOption(withDefault('--batch-size <n>', 'samples of a step', 64))
    .addOption(withDefault('--optimizer <name>', 'sgd, adam, adamW or rmsprop', 'sgd'))
    .option('--learning-rate <x>', 'length of the steps of gradient descent (default: 0.01, adam and adamW: 0.001)')
    .option('--momentum <x>', 'sgd, rmsprop: how much of a step goes on in the next one (default: 0.9, rmsprop: 0)')
    .option('--nesterov', "sgd: Nesterov's momentum")
    .option(
      '--weight-decay <x>',
      'factor of the L2 penalty on the parameters, in adamW of their decay (default: 0, adamW: 0.01)',
    )
    .addOption(
      withDefault(
        '--schedule <name>',
        'of the learning rate: constant, step, exponential, cosine, one-cycle',
        'constant',
      ),
    )
    .option(
      '--decay-epochs <x>',
      'step, exponential: epochs in which it falls once (default: a third of all, exponential: 1)',
    )
    .option('--decay-factor <x>', 'step, exponential: what it falls by (default: 0.1, exponential: 0.9)')
    .option('--final-learning-rate <x>', 'cosine: where it ends (default: 0)')
    .option(
      '--warm-up <epochs>',
      'epochs in which it rises from a third; one-cycle: from 1/25 (default: none, one-cycle: 30 %)',
    )
    .option('--label-smoothing <x>', 'part of each target that is spread over all classes (default: 0)')
    .option('--clip-norm <x>', 'gradients longer than this are shortened to it (default: none)')
    .option(
      '--average <decay>',
      'test with, and save, a moving average of the parameters, such as 0.999 (default: none)',
    )
    .addOption(withDefault('--workers <n>', 'threads; the result does not depend on it', availableParallelism()))
    .addOption(withDefault('--simd <kind>', 'strict or wide: faster with the same result, see convoy doctor', 'strict'))
    .addOption(withDefault('--seed <n>', 'chooses the initial parameters and the order of the samples', 0))
    .option('--out <directory>', 'where weights.safetensors is written (default: runs/<model>)')
    .option('--log <file>', 'where each epoch adds a line, .csv or .jsonl (default: nowhere)')
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
