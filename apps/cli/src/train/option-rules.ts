// Which options of `convoy train` can be given together.
import { ConvoyError } from '@convoy/tensor/errors';
import { flagOf } from '../process/flags.ts';
import type { TrainOptions } from './options.ts';

/** A condition for an option that is given. */
interface Rule {
  readonly options: readonly (keyof TrainOptions)[];
  isMet(options: TrainOptions): boolean;
  /** What the option does not fit, as on the command line. */
  conflict(options: TrainOptions): string;
  readonly expected: string;
  readonly fix?: string;
}

const rules: readonly Rule[] = [
  {
    options: ['momentum'],
    isMet: ({ optimizer }) => optimizer === 'sgd' || optimizer === 'rmsprop',
    conflict: ({ optimizer }) => `--optimizer ${optimizer}`,
    expected: '--optimizer sgd or rmsprop',
  },
  {
    options: ['nesterov'],
    isMet: ({ optimizer }) => optimizer === 'sgd',
    conflict: ({ optimizer }) => `--optimizer ${optimizer}`,
    expected: '--optimizer sgd',
  },
  {
    options: ['nesterov'],
    isMet: ({ momentum = 0 }) => momentum > 0,
    conflict: ({ momentum }) => (momentum === undefined ? 'no --momentum' : `--momentum ${momentum}`),
    expected: 'a momentum above 0',
    fix: 'Pass for example --momentum 0.9, or omit --nesterov.',
  },
  {
    options: ['decayEpochs', 'decayRate'],
    isMet: ({ schedule }) => schedule === 'stepDecay' || schedule === 'exponentialDecay',
    conflict: ({ schedule }) => `--schedule ${schedule}`,
    expected: '--schedule stepDecay or exponentialDecay',
  },
  {
    options: ['finalLearningRate'],
    isMet: ({ schedule }) => schedule === 'cosineDecay',
    conflict: ({ schedule }) => `--schedule ${schedule}`,
    expected: '--schedule cosineDecay',
  },
  {
    options: ['warmUp'],
    isMet: ({ warmUp = 0, epochs }) => warmUp < epochs,
    conflict: ({ epochs }) => `--epochs ${epochs}`,
    expected: 'a warm-up that ends before the run does',
  },
  {
    options: ['resume', 'checkpointSteps'],
    isMet: ({ checkpoints }) => checkpoints !== undefined,
    conflict: () => 'no --checkpoints',
    expected: 'both',
    fix: 'Pass --checkpoints <directory> with the directory of the checkpoints.',
  },
];

/** @throws ConvoyError CONVOY_INVALID_OPTION */
export function checkRules(options: TrainOptions): void {
  for (const { options: names, isMet, conflict, expected, fix } of rules) {
    const given = names.find((name) => options[name] !== undefined && options[name] !== false);
    if (given === undefined || isMet(options)) continue;
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `${flagOf(given)} and ${conflict(options)}`,
      expected,
      fix: fix ?? `Omit ${flagOf(given)}, or change the option that it does not fit.`,
    });
  }
}
