// The options of `convoy train`: from the texts of a command line to values that have been checked.
import { ConvoyError, describeValue } from '@convoy/tensor';
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

const path = (expected: string) => z.string().min(1, expected);

/** Keyed as commander names the options. */
const trainOptions = z.object({
  data: z.string('the name of a data set, such as --data mnist'),
  dataDir: path('the path of a directory').optional(),
  limit: count(1000).optional(),
  epochs: count(4),
  batchSize: count(64),
  learningRate: number('a number above 0, such as 0.01', (value) => value > 0),
  momentum: number('a number of 0 or more and below 1, such as 0.9', (value) => value >= 0 && value < 1),
  weightDecay: number('a number of 0 or more, such as 0.0001', (value) => value >= 0),
  workers: count(2),
  seed: number('a whole number of 0 or more, such as 1', (value) => Number.isSafeInteger(value) && value >= 0),
  simd: z.enum(['strict', 'wide'], 'strict or wide'),
  out: path('the path of a directory').optional(),
  checkpoints: path('the path of a directory').optional(),
  checkpointSteps: count(100).optional(),
  resume: z.boolean().default(false),
  /** Without a number commander gives true. */
  fastDevRun: z.union([z.literal(true), count(3)], 'a whole number of 1 or more, such as 3').optional(),
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
    if (data.checkpoints === undefined) refuseWithoutCheckpoints(data);
    return data;
  }
  const [issue] = error.issues as [z.core.$ZodIssue];
  const name = String(issue.path[0]);
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: texts[name] === undefined ? `no ${flagOf(name)}` : `${flagOf(name)} ${describeValue(texts[name])}`,
    expected: issue.message,
    mend: 'convoy train --help lists all options.',
  });
}

function refuseWithoutCheckpoints({ resume, checkpointSteps }: TrainOptions): void {
  if (!resume && checkpointSteps === undefined) return;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${resume ? '--resume' : flagOf('checkpointSteps')} and no --checkpoints`,
    expected: 'both',
    mend: 'Pass --checkpoints <directory> to say where the checkpoints of the run are.',
  });
}

const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
