// The options of `convoy train`: from the texts of a command line to values that have been checked.
import { ConvoyError } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { z } from 'zod';

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A text that is a number; `expected` becomes the message of whatever is wrong with it. */
const number = (expected: string, accepts: (value: number) => boolean) =>
  z
    .string()
    .regex(DECIMAL, expected)
    .transform(Number)
    .refine((value) => Number.isFinite(value) && accepts(value), expected);

const count = (example: number) =>
  number(`a whole number of 1 or more, such as ${example}`, (value) => Number.isSafeInteger(value) && value >= 1);

const positive = (example: number) => number(`a number above 0, such as ${example}`, (value) => value > 0);

const fraction = (example: number) =>
  number(`a number of 0 or more and below 1, such as ${example}`, (value) => value >= 0 && value < 1);

const choice = <const Names extends readonly string[]>(names: Names) => z.enum(names, `one of: ${names.join(', ')}`);

const path = (expected: string) => z.string().min(1, expected);

const LOG_FILE = 'the path of a file whose name ends with .csv or .jsonl';

/** Keyed as commander names the options. */
const trainOptions = z.object({
  data: z.string('the name of a data set, such as --data mnist'),
  dataDir: path('the path of a directory').optional(),
  limit: count(1000).optional(),
  epochs: count(4),
  batchSize: count(64),
  optimizer: choice(['sgd', 'adam', 'adamW', 'rmsprop']),
  learningRate: positive(0.01).optional(),
  momentum: fraction(0.9).optional(),
  nesterov: z.boolean().default(false),
  weightDecay: number('a number of 0 or more, such as 0.0001', (value) => value >= 0).optional(),
  schedule: choice(['constant', 'step', 'exponential', 'cosine', 'one-cycle']),
  decayEpochs: positive(30).optional(),
  decayFactor: positive(0.1).optional(),
  finalLearningRate: number('a number of 0 or more, such as 0.001', (value) => value >= 0).optional(),
  warmUp: positive(1).optional(),
  labelSmoothing: fraction(0.1).optional(),
  clipNorm: positive(1).optional(),
  average: fraction(0.999).optional(),
  workers: count(2),
  seed: number('a whole number of 0 or more, such as 1', (value) => Number.isSafeInteger(value) && value >= 0),
  simd: z.enum(['strict', 'wide'], 'strict or wide'),
  out: path('the path of a directory').optional(),
  checkpoints: path('the path of a directory').optional(),
  checkpointSteps: count(100).optional(),
  resume: z.boolean().default(false),
  /** Without a number commander gives true. */
  fastDevRun: z.union([z.literal(true), count(3)], 'a whole number of 1 or more, such as 3').optional(),
  log: path(LOG_FILE)
    .regex(/\.(csv|jsonl)$/, LOG_FILE)
    .optional(),
  report: z.boolean().default(false),
  json: z.boolean().default(false),
});

export type TrainOptions = z.infer<typeof trainOptions>;

/**
 * Checks what commander parsed.
 * @throws ConvoyError CONVOY_INVALID_OPTION, for the first option that is wrong or lacks another one
 */
export function parseTrainOptions(texts: Readonly<Record<string, unknown>>): TrainOptions {
  const { data, error } = trainOptions.safeParse(texts);
  if (data) {
    for (const rule of rules) check(rule, data);
    return data;
  }
  const [issue] = error.issues as [z.core.$ZodIssue];
  const name = String(issue.path[0]);
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: texts[name] === undefined ? `no ${flagOf(name)}` : `${flagOf(name)} ${describeValue(texts[name])}`,
    expected: issue.message,
    fix: 'convoy train --help lists all options.',
  });
}

/** What an option asks of others. */
interface Rule {
  readonly options: readonly (keyof TrainOptions)[];
  holds(options: TrainOptions): boolean;
  /** What there is beside the option, as it stands on the command line. */
  beside(options: TrainOptions): string;
  readonly expected: string;
  readonly fix?: string;
}

const rules: readonly Rule[] = [
  {
    options: ['momentum'],
    holds: ({ optimizer }) => optimizer === 'sgd' || optimizer === 'rmsprop',
    beside: ({ optimizer }) => `--optimizer ${optimizer}`,
    expected: '--optimizer sgd or rmsprop',
  },
  {
    options: ['nesterov'],
    holds: ({ optimizer, momentum }) => optimizer === 'sgd' && momentum !== 0,
    beside: ({ optimizer, momentum }) => (optimizer === 'sgd' ? `--momentum ${momentum}` : `--optimizer ${optimizer}`),
    expected: '--optimizer sgd with a momentum above 0',
  },
  {
    options: ['decayEpochs', 'decayFactor'],
    holds: ({ schedule }) => schedule === 'step' || schedule === 'exponential',
    beside: ({ schedule }) => `--schedule ${schedule}`,
    expected: '--schedule step or exponential',
  },
  {
    options: ['finalLearningRate'],
    holds: ({ schedule }) => schedule === 'cosine',
    beside: ({ schedule }) => `--schedule ${schedule}`,
    expected: '--schedule cosine',
  },
  {
    options: ['warmUp'],
    holds: ({ warmUp, epochs }) => warmUp === undefined || warmUp < epochs,
    beside: ({ epochs }) => `--epochs ${epochs}`,
    expected: 'a warm-up that ends before the run does',
  },
  {
    options: ['resume', 'checkpointSteps'],
    holds: ({ checkpoints }) => checkpoints !== undefined,
    beside: () => 'no --checkpoints',
    expected: 'both',
    fix: 'Pass --checkpoints <directory> to say where the checkpoints of the run are.',
  },
];

/** @throws ConvoyError CONVOY_INVALID_OPTION */
function check({ options: names, holds, beside, expected, fix }: Rule, options: TrainOptions): void {
  const given = names.find((name) => options[name] !== undefined && options[name] !== false);
  if (given === undefined || holds(options)) return;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${flagOf(given)} and ${beside(options)}`,
    expected,
    fix: fix ?? `Leave ${flagOf(given)} out, or change what it goes with.`,
  });
}

const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
