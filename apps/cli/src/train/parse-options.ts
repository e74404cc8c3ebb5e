// From the texts of a command line to checked options.
import { ConvoyError, describeValue } from '@convoy/tensor/errors';
import { z } from 'zod';
import { checkRules } from './option-rules.ts';
import { flagOf, options, type TrainOptions } from './options.ts';

const schema = z.object(Object.fromEntries(Object.entries(options).map(([name, { check }]) => [name, check])));

/**
 * @param texts by option name, as commander reads them
 * @throws ConvoyError CONVOY_INVALID_OPTION, for the first option that is wrong or does not fit another one
 */
export function parseOptions(texts: Readonly<Record<string, unknown>>): TrainOptions {
  const { data, error } = schema.safeParse(texts);
  if (data) {
    const parsed = data as TrainOptions;
    checkRules(parsed);
    return parsed;
  }
  const [issue] = error.issues as [z.core.$ZodIssue];
  const name = String(issue.path[0]);
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: texts[name] === undefined ? `no ${flagOf(name)}` : `${flagOf(name)} ${describeValue(texts[name])}`,
    expected: issue.message,
    fix: 'convoy train --help lists all options.',
  });
}
