// The options of `convoy train`, in the groups of its help. Their names are those of the library's options where both
// mean the same; the command's own ones, such as `decayEpochs` for `decaySteps`, differ in their unit or their value.
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { dataFormatNames } from '../sources/data-format-names.ts';
import {
  choice,
  flag,
  fraction,
  imageSize,
  nonNegative,
  optionalWhole,
  path,
  positive,
  share,
  whole,
} from './option-values.ts';

export interface OptionDescription {
  /** The value in the help; an option without one is either given or not. */
  readonly value?: string;
  readonly help: string;
  /** The text that stands for an option that is not given. */
  readonly initial?: string;
  /** Converts the text of the command line, and says in its errors what is expected. */
  readonly check: z.ZodType;
}

type OptionGroup = Readonly<Record<string, OptionDescription>>;

const DIRECTORY = 'the path of a directory';
/** More is a mistake: a million epochs of one step take minutes, those of a data set take years. */
const MAX_EPOCHS = 1_000_000;
/** The limit of the trainer. */
const MAX_WORKERS = 1024;
const LOG_FILE = 'the path of a file whose name ends with .csv or .jsonl';

const data = {
  data: {
    value: '<set>',
    help: 'train and test on this data set: a name that convoy datasets lists, or the path of a folder of images or of a file',
    check: path('the name or path of a data set, such as --data mnist or --data ./photos'),
  },
  dataDir: {
    value: '<directory>',
    help: 'directory with the files of a data set that has a name (default: its package)',
    check: path(DIRECTORY).optional(),
  },
  dataFormat: {
    value: '<format>',
    help: `what a path has: ${dataFormatNames.join(', ')} (default: what its files look like)`,
    check: choice(dataFormatNames).optional(),
  },
  imageSize: {
    value: '<size>',
    help: 'height and width of images, such as 64 or 48x64 (default: that of the first image)',
    check: imageSize().optional(),
  },
  channels: {
    value: '<channels>',
    help: 'channels of images: 3 for colors, 1 for gray (default: 3)',
    check: z
      .enum(['1', '3'], '1 or 3')
      .transform((text) => (text === '1' ? 1 : 3))
      .optional(),
  },
  labelColumn: {
    value: '<name>',
    help: 'the column of a table that has the labels',
    initial: 'label',
    check: path('the name of a column'),
  },
  validationSplit: {
    value: '<x>',
    help: 'test on this share of the training data, such as 0.2 (default: on the test data; 0.1 if there is none)',
    check: share(0.2).optional(),
  },
  augment: {
    value: '<what>',
    help: 'change training samples at random: standard (crops and flips), or a module that exports augment (default: none)',
    check: path('standard, or the path of a module').optional(),
  },
  limit: {
    value: '<n>',
    help: 'train on the first n samples only (default: all)',
    check: whole({ example: 1000 }).optional(),
  },
} satisfies OptionGroup;

const training = {
  epochs: {
    value: '<n>',
    help: `passes over the training data, up to ${MAX_EPOCHS.toLocaleString('en-US')}`,
    initial: '4',
    check: whole({ example: 4, atMost: MAX_EPOCHS }),
  },
  batchSize: { value: '<n>', help: 'samples per step', initial: '64', check: whole({ example: 64 }) },
  labelSmoothing: {
    value: '<x>',
    help: 'share of each target that is spread over all classes (default: 0)',
    check: fraction(0.1).optional(),
  },
  seed: {
    value: '<n>',
    help: 'seed of the initial parameters and the sample order',
    initial: '0',
    check: whole({ example: 1, atLeast: 0, atMost: Number.MAX_SAFE_INTEGER }),
  },
  workers: {
    value: '<n>',
    help: `worker threads, up to ${MAX_WORKERS}; their number does not change the result`,
    initial: `${Math.min(availableParallelism(), MAX_WORKERS)}`,
    check: whole({ example: 2, atMost: MAX_WORKERS }),
  },
  simd: {
    value: '<width>',
    help: 'strict or wide; wide is faster with the same result, see convoy doctor',
    initial: 'strict',
    check: z.enum(['strict', 'wide'], 'strict or wide'),
  },
} satisfies OptionGroup;

const optimizer = {
  optimizer: {
    value: '<name>',
    help: 'sgd, adam, adamW or rmsprop',
    initial: 'sgd',
    check: choice(['sgd', 'adam', 'adamW', 'rmsprop']),
  },
  learningRate: {
    value: '<x>',
    help: 'learning rate (default: 0.01; adam, adamW: 0.001)',
    check: positive(0.01).optional(),
  },
  momentum: { value: '<x>', help: 'sgd, rmsprop: momentum, such as 0.9 (default: 0)', check: fraction(0.9).optional() },
  nesterov: { help: 'sgd: use Nesterov momentum; needs --momentum', check: flag() },
  weightDecay: {
    value: '<x>',
    help: 'L2 penalty; adamW: decoupled weight decay (default: 0; adamW: 0.01)',
    check: nonNegative(0.0001).optional(),
  },
  globalClipNorm: {
    value: '<x>',
    help: 'limit the norm of the gradient of all parameters (default: no limit)',
    check: positive(1).optional(),
  },
  averageDecay: {
    value: '<x>',
    help: 'keep a moving average of the parameters with this decay, such as 0.999; test with it and save it (default: none)',
    check: fraction(0.999).optional(),
  },
} satisfies OptionGroup;

const schedule = {
  schedule: {
    value: '<name>',
    help: 'constant, stepDecay, exponentialDecay, cosineDecay or oneCycle',
    initial: 'constant',
    check: choice(['constant', 'stepDecay', 'exponentialDecay', 'cosineDecay', 'oneCycle']),
  },
  decayEpochs: {
    value: '<x>',
    help: 'stepDecay, exponentialDecay: epochs per decay (default: a third of all; exponentialDecay: 1)',
    check: positive(30, MAX_EPOCHS).optional(),
  },
  decayRate: {
    value: '<x>',
    help: 'stepDecay, exponentialDecay: factor of each decay (default: 0.1; exponentialDecay: 0.9)',
    check: positive(0.1).optional(),
  },
  finalLearningRate: {
    value: '<x>',
    help: 'cosineDecay: learning rate at the end (default: 0)',
    check: nonNegative(0.001).optional(),
  },
  warmUp: {
    value: '<epochs>',
    help: 'epochs in which the learning rate first rises to its full value, from a third of it; oneCycle: from 1/25 (default: 0; oneCycle: 30 % of all)',
    check: positive(1).optional(),
  },
} satisfies OptionGroup;

const output = {
  out: {
    value: '<directory>',
    help: 'write weights.safetensors to this directory (default: runs/<model>)',
    check: path(DIRECTORY).optional(),
  },
  log: {
    value: '<file>',
    help: 'append a line per epoch to this .csv or .jsonl file (default: no log)',
    check: path(LOG_FILE)
      .regex(/\.(csv|jsonl)$/, LOG_FILE)
      .optional(),
  },
  classReport: { help: 'at the end, print precision, recall and F1 of each class', check: flag() },
  json: { help: 'print one JSON object per line: start, each epoch, then done or error', check: flag() },
} satisfies OptionGroup;

const checkpoints = {
  checkpoints: {
    value: '<directory>',
    help: 'write checkpoints to this directory (default: no checkpoints)',
    check: path(DIRECTORY).optional(),
  },
  checkpointSteps: {
    value: '<n>',
    help: 'write a checkpoint every n steps (default: after each epoch)',
    check: whole({ example: 100 }).optional(),
  },
  resume: { help: 'continue from the last checkpoint in --checkpoints, if there is one', check: flag() },
} satisfies OptionGroup;

const other = {
  fastDevRun: {
    value: '[n]',
    help: 'try the command: one epoch of n batches (default: 1); nothing is saved',
    check: optionalWhole({ example: 3 }).optional(),
  },
} satisfies OptionGroup;

export const optionGroups: Readonly<Record<string, OptionGroup>> = {
  Data: data,
  Training: training,
  Optimizer: optimizer,
  'Learning rate schedule': schedule,
  Output: output,
  Checkpoints: checkpoints,
  Other: other,
};

export const options = { ...data, ...training, ...optimizer, ...schedule, ...output, ...checkpoints, ...other };

/** The options after they have been checked. */
export type TrainOptions = { readonly [Name in keyof typeof options]: z.infer<(typeof options)[Name]['check']> };
