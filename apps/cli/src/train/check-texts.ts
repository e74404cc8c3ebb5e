// Checks the texts of a command line against descriptions of options.
import { closestName } from '@convoy/tensor/checks';
import { ConvoyError, describeValue } from '@convoy/tensor/errors';
import { z } from 'zod';
import { flagOf } from '../process/flags.ts';
import type { OptionDescription } from './options.ts';

/** The options after they have been checked. */
export type Checked<Options extends Readonly<Record<string, OptionDescription>>> = {
  readonly [Name in keyof Options]: z.infer<Options[Name]['check']>;
};

/**
 * @param texts by option name, as commander reads them
 * @param command whose help lists the options
 * @throws ConvoyError CONVOY_INVALID_OPTION, for the first option that is wrong
 */
export function checkTexts<Options extends Readonly<Record<string, OptionDescription>>>(
  options: Options,
  texts: Readonly<Record<string, unknown>>,
  command: string,
): Checked<Options> {
  const schema = z.object(Object.fromEntries(Object.entries(options).map(([name, { check }]) => [name, check])));
  const { data, error } = schema.safeParse(texts);
  if (data) return data as Checked<Options>;
  const [issue] = error.issues as [z.core.$ZodIssue];
  const name = String(issue.path[0]);
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: texts[name] === undefined ? `no ${flagOf(name)}` : `${flagOf(name)} ${describeValue(texts[name])}`,
    expected: issue.message,
    fix: adviceFor(issue, texts[name]) ?? `${command} --help lists all options.`,
  });
}

/** Of the names that an option takes, the one that was probably meant. */
function adviceFor(issue: z.core.$ZodIssue, given: unknown): string | undefined {
  const names = issue.code === 'invalid_value' ? issue.values.map(String) : [];
  const closest = typeof given === 'string' ? closestName(given, names) : undefined;
  return closest && `Did you mean ${closest}?`;
}
