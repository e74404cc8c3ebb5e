// The error for a file that is not an intact checkpoint.
import { ConvoyError } from '@convoy/tensor';

/** @param source the name of the file in the message */
export const checkpointError = (source: string, found: string, expected: string, cause?: unknown): ConvoyError =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${source} with ${found}`,
    expected,
    fix: 'Use an earlier checkpoint or a copy of this one. The file must be unchanged since Convoy wrote it.',
    cause,
  });
