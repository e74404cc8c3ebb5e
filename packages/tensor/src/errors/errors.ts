// The error class of Convoy and the catalogue of its codes. Codes are stable, so programs may compare them. Messages
// may change.
import { isError, isObject } from '../builtins.ts';
import { describeValue } from './describe-value.ts';

/** Every code that a `ConvoyError` can have, and its meaning. */
export const errorCatalogue = {
  CONVOY_INVALID_OPTION: 'An option has the wrong type or is out of its range.',
  CONVOY_INVALID_SHAPE: 'A shape is not a list of whole numbers, or has too many elements.',
  CONVOY_SHAPE_MISMATCH: 'Two shapes, or a shape and the amount of data, do not fit together.',
  CONVOY_INDEX_OUT_OF_RANGE: 'An index is out of range.',
  CONVOY_INVALID_DATA: 'Data has the wrong type, length or structure.',
  CONVOY_INVALID_LABEL: 'A label is not the number of a class.',
  CONVOY_NOT_FINITE: 'A number that must be finite is NaN or infinite.',
  CONVOY_DATASET_TOO_SMALL: 'A data set has fewer samples than requested.',
  CONVOY_FILE_NOT_FOUND: 'A file, a directory or a package with data does not exist.',
  CONVOY_PACKAGE_MISSING: 'A package that is optional is needed, and is not installed.',
  CONVOY_FILE_UNREADABLE: 'A file exists but cannot be read.',
  CONVOY_FILE_UNWRITABLE: 'A file cannot be written.',
  CONVOY_FILE_FORMAT: 'A file is truncated, damaged, or in a format that is not supported.',
  CONVOY_DIRECTORY_IN_USE: 'A directory that one run needs for itself is used by another run.',
  CONVOY_CHECKPOINT_MISMATCH: 'A checkpoint comes from a run with another model, other data or other options.',
  CONVOY_LAYER_FAILED:
    'The definition of a layer, loss, metric, optimizer, schedule, initializer or augmentation is wrong, or threw.',
  CONVOY_CALLBACK_FAILED: 'A callback threw something that is not an error.',
  CONVOY_UNKNOWN_NAME: 'A name, for example of a model or a data set, is unknown.',
  CONVOY_OUT_OF_MEMORY: 'Memory could not be allocated.',
  CONVOY_WEBASSEMBLY_UNAVAILABLE:
    'WebAssembly with vectors is missing in this process, or it can reserve no address space for its memory.',
  CONVOY_WIDE_UNAVAILABLE:
    'Wide vectors were requested, but this machine or version of Node lacks them or they failed their self-test.',
  CONVOY_WORKER_FAILED: 'A worker thread threw, exited or was terminated.',
  CONVOY_ABORTED: 'The work was stopped on request.',
  CONVOY_BUSY: 'A call was made while another call was running, and the two exclude each other.',
  CONVOY_DISPOSED: 'An object was used after its disposal.',
} as const satisfies Record<`CONVOY_${string}`, string>;

/** A code of the catalogue. */
export type ConvoyErrorCode = keyof typeof errorCatalogue;

/** The parts of a message. */
export interface ErrorDetails {
  /** What the caller passed, as a fragment: 'units: 2.5'. */
  readonly given: string;
  /** What was expected instead, as a fragment: 'a whole number of 1 or more'. */
  readonly expected: string;
  /** How to fix it, as a whole sentence. */
  readonly fix: string;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/** Any error as plain data, for structured clone and JSON. */
export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: ErrorData;
}

/** A `ConvoyError` as plain data. */
export interface ConvoyErrorData extends ErrorData {
  readonly name: 'ConvoyError';
  readonly code: ConvoyErrorCode;
  readonly given: string;
  readonly expected: string;
  readonly fix: string;
}

/**
 * The error that Convoy throws for wrong arguments and for failures that a caller should handle. Its message has the
 * form "Given …; expected …. …". Compare its `code`, not its message.
 *
 * ```ts
 * try {
 *   zeros([2, -1]);
 * } catch (error) {
 *   if (error instanceof ConvoyError && error.code === 'CONVOY_INVALID_SHAPE') console.log(error.fix);
 * }
 * ```
 */
export class ConvoyError extends Error {
  readonly code: ConvoyErrorCode;
  readonly given: string;
  readonly expected: string;
  readonly fix: string;

  /** @throws ConvoyError CONVOY_INVALID_OPTION unless the code and all parts of the message are texts */
  constructor(code: ConvoyErrorCode, details: ErrorDetails) {
    const { given, expected, fix, cause } = checkedDetails(code, details);
    super(`Given ${given}; expected ${expected}. ${fix}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.given = given;
    this.expected = expected;
    this.fix = fix;
  }

  // On the prototype, because the text of the stack is composed before any field is set.
  static {
    ConvoyError.prototype.name = 'ConvoyError';
  }

  /**
   * The inverse of `toJSON`: the same code, message, stack and causes.
   * @throws ConvoyError CONVOY_INVALID_OPTION for anything else than what `toJSON` returns
   */
  static fromJSON(data: ConvoyErrorData): ConvoyError {
    if (!isConvoyError(data)) throw invalid(describeValue(data), 'what the toJSON of a ConvoyError returns');
    const { code, given, expected, fix, stack, cause } = data;
    return restoreStack(new ConvoyError(code, { given, expected, fix, cause: cause && reviveError(cause) }), stack);
  }

  /** Plain data for another thread or a log. Structured clone of the error itself would lose its `code`. */
  toJSON(): ConvoyErrorData {
    return describeError(this, MAX_CAUSES) as ConvoyErrorData;
  }
}

/**
 * Whether a value is a `ConvoyError`, or one as plain data. Unlike `instanceof`, this also recognizes the errors of
 * another copy of this package.
 */
export const isConvoyError = (value: unknown): value is ConvoyError =>
  isError(value) && value.name === 'ConvoyError' && hasTexts(value, ['code', 'given', 'expected', 'fix']);

const hasTexts = (value: object, names: readonly string[]): boolean =>
  names.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'string');

function checkedDetails(code: unknown, details: unknown): ErrorDetails {
  if (typeof code !== 'string') throw invalid(`the code ${describeValue(code)}`, 'a code of errorCatalogue');
  if (isObject(details) && hasTexts(details, ['given', 'expected', 'fix'])) return details as object as ErrorDetails;
  throw invalid(`${describeValue(details)} as the parts of a message`, 'the texts given, expected and fix');
}

const invalid = (given: string, expected: string) =>
  new ConvoyError('CONVOY_INVALID_OPTION', { given, expected, fix: 'Correct the arguments of ConvoyError.' });

/** Limits a chain of causes, which may contain a cycle. */
const MAX_CAUSES = 8;

function describeError(error: unknown, causesLeft: number): ErrorData | ConvoyErrorData {
  if (!isError(error)) return { name: 'Error', message: describeValue(error) };
  const { name, message, stack, cause } = error;
  return {
    name,
    message,
    ...(stack !== undefined && { stack }),
    ...(cause !== undefined && causesLeft > 0 && { cause: describeError(cause, causesLeft - 1) }),
    ...(isConvoyError(error) && ownFields(error)),
  };
}

function ownFields({ code, given, expected, fix }: ConvoyError) {
  return { code, given, expected, fix };
}

function reviveError(data: ErrorData): Error {
  if (isConvoyError(data)) return ConvoyError.fromJSON(data as ConvoyErrorData);
  const error = new Error(data.message, data.cause && { cause: reviveError(data.cause) });
  error.name = data.name;
  return restoreStack(error, data.stack);
}

function restoreStack<E extends Error>(error: E, stack: string | undefined): E {
  if (stack !== undefined) error.stack = stack;
  return error;
}
