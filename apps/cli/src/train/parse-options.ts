// From the texts of a command line to checked options.
import { closestName } from '@convoy/tensor/checks';
import { ConvoyError, describeValue } from '@convoy/tensor/errors';
import { z } from 'zod';
import { flagOf } from '../process/flags.ts';
import { checkRules } from './option-rules.ts';
import { options, type TrainOptions } from './options.ts';

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
    fix: adviceFor(issue, texts[name]) ?? 'convoy train --help lists all options.',
  });
}

/** Of the names that an option takes, the one that was probably meant. */
function adviceFor(issue: z.core.$ZodIssue, given: unknown): string | undefined {
  const names = issue.code === 'invalid_value' ? issue.values.map(String) : [];
  const closest = typeof given === 'string' ? closestName(given, names) : undefined;
  return closest && `Did you mean ${closest}?`;
}
