// From the texts of a command line to checked options.
import { checkTexts } from './check-texts.ts';
import { checkRules } from './option-rules.ts';
import { options, type TrainOptions } from './options.ts';

/**
 * @param texts by option name, as commander reads them
 * @throws ConvoyError CONVOY_INVALID_OPTION, for the first option that is wrong or does not fit another one
 */
export function parseOptions(texts: Readonly<Record<string, unknown>>): TrainOptions {
  const parsed = checkTexts(options, texts, 'convoy train');
  checkRules(parsed);
  return parsed;
}
