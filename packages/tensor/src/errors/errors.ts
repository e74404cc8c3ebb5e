// The one error class of Convoy and the catalogue of its codes. Codes are stable: programs may compare them, messages
// may be reworded.
import { describeValue } from './describe-value.ts';

/** Every code a `ConvoyError` can carry, with what it means. */
export const errorCatalogue = {
  CONVOY_INVALID_OPTION: 'An option has the wrong type or is out of its range.',
  CONVOY_INVALID_SHAPE: 'A shape is not a list of whole numbers, or counts more elements than can exist.',
  CONVOY_SHAPE_MISMATCH: 'Shapes, or a shape and the amount of data for it, do not fit each other.',
  CONVOY_INDEX_OUT_OF_RANGE: 'An index points outside what it indexes.',
  CONVOY_INVALID_DATA: 'Data has the wrong type, length or structure.',
  CONVOY_INVALID_LABEL: 'A label is not a whole number or names no class.',
  CONVOY_NOT_FINITE: 'A number that must be finite is NaN or infinite.',
  CONVOY_DATASET_TOO_SMALL: 'A data set has fewer samples than asked of it.',
  CONVOY_FILE_NOT_FOUND: 'A file, a directory or a package with data does not exist.',
  CONVOY_FILE_UNREADABLE: 'A file exists and cannot be read.',
  CONVOY_FILE_UNWRITABLE: 'A file cannot be written.',
  CONVOY_FILE_FORMAT: 'A file is truncated, damaged, of another format, or of a kind that is not supported.',
  CONVOY_CHECKPOINT_MISMATCH: 'A checkpoint is of a run with another model, other data or other options.',
  CONVOY_LAYER_FAILED: 'The definition of a layer threw an error that is not one of these.',
  CONVOY_UNKNOWN_NAME: 'A name, such as that of a model or a data set, is not known.',
  CONVOY_OUT_OF_MEMORY: 'Memory could not be allocated.',
  CONVOY_WIDE_UNAVAILABLE:
    'Wide vectors were asked for that this machine or Node lacks, or that failed their self-test.',
  CONVOY_WORKER_FAILED: 'A worker thread threw, exited or was terminated.',
  CONVOY_ABORTED: 'The work was stopped on request.',
  CONVOY_BUSY: 'A call was made while another one was running that excludes it.',
  CONVOY_DISPOSED: 'Something was used after it had been disposed of.',
} as const satisfies Record<`CONVOY_${string}`, string>;

export type ConvoyErrorCode = keyof typeof errorCatalogue;

/** What a message is made of: fragments for `given` and `expected`, whole sentences for `mend`. */
export interface ErrorDetails {
  readonly given: string;
  readonly expected: string;
  readonly fix: string;
  readonly cause?: unknown;
}

/** Any error as plain data, which structured clone and JSON carry whole. */
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
 * The error Convoy throws for everything a caller can get wrong or should handle. Its message reads "Given …; expected
 * …. …".
 */
export class ConvoyError extends Error {
  readonly code: ConvoyErrorCode;
  readonly given: string;
  readonly expected: string;
  readonly fix: string;

  constructor(code: ConvoyErrorCode, { given, expected, fix, cause }: ErrorDetails) {
    super(`Given ${given}; expected ${expected}. ${fix}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.given = given;
    this.expected = expected;
    this.fix = fix;
  }

  // On the prototype, so that it stands in the stack too, which is composed before any field is set.
  static {
    ConvoyError.prototype.name = 'ConvoyError';
  }

  /** The inverse of `toJSON`: the same code, message, stack and causes. */
  static fromJSON(data: ConvoyErrorData): ConvoyError {
    const { code, given, expected, fix, stack, cause } = data;
    return restoreStack(new ConvoyError(code, { given, expected, fix, cause: cause && reviveError(cause) }), stack);
  }

  /** Plain data for another thread or a log: an `Error` sent as it is arrives without its `code`. */
  toJSON(): ConvoyErrorData {
    return describeError(this, MAX_CAUSES) as ConvoyErrorData;
  }
}

/** Bounds a chain of causes, which may lead back to itself. */
const MAX_CAUSES = 8;

function describeError(error: unknown, causesLeft: number): ErrorData | ConvoyErrorData {
  if (!isErrorLike(error)) return { name: 'Error', message: describeValue(error) };
  const { name, message, stack, cause } = error;
  return {
    name,
    message,
    ...(stack !== undefined && { stack }),
    ...(cause !== undefined && causesLeft > 0 && { cause: describeError(cause, causesLeft - 1) }),
    ...(error instanceof ConvoyError && ownFields(error)),
  };
}

/** Also an error of another realm, which is no instance of our `Error`. */
function isErrorLike(value: unknown): value is Error {
  return (
    value instanceof Error || (typeof value === 'object' && value !== null && 'name' in value && 'message' in value)
  );
}

function ownFields({ code, given, expected, fix }: ConvoyError) {
  return { code, given, expected, fix };
}

function reviveError(data: ErrorData): Error {
  if (isConvoyErrorData(data)) return ConvoyError.fromJSON(data);
  const error = new Error(data.message, data.cause && { cause: reviveError(data.cause) });
  error.name = data.name;
  return restoreStack(error, data.stack);
}

function isConvoyErrorData(data: ErrorData): data is ConvoyErrorData {
  return data.name === 'ConvoyError';
}

function restoreStack<E extends Error>(error: E, stack: string | undefined): E {
  if (stack !== undefined) error.stack = stack;
  return error;
}
