// The refusal of a file that is no intact checkpoint.
import { ConvoyError } from '@convoy/tensor';

/** @param source what the message calls the file */
export const checkpointError = (source: string, found: string, expected: string, cause?: unknown): ConvoyError =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${source} with ${found}`,
    expected,
    fix: 'Take an earlier checkpoint or a copy of this one. It must be as Convoy wrote it.',
    cause,
  });
