// The options on the command line of a campaign: positive whole numbers, and flags.
import { parseArgs } from 'node:util';
import { positiveInteger } from '@convoy/tensor';

type Options<Defaults> = { readonly [Name in keyof Defaults]: Defaults[Name] extends boolean ? boolean : number };

/**
 * @param defaults by name; those that are true or false are flags
 * @throws ConvoyError CONVOY_INVALID_OPTION for what is no such number; TypeError for an option that there is not
 */
export function campaignOptions<const Defaults extends Readonly<Record<string, number | boolean>>>(
  defaults: Defaults,
  texts: readonly string[] = process.argv.slice(2),
): Options<Defaults> {
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [
      name,
      { type: typeof value === 'boolean' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  // npm keeps the `--` that ends its own options to itself, pnpm hands it on.
  const { values } = parseArgs({ options, args: texts[0] === '--' ? texts.slice(1) : [...texts] });
  const given = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? positiveInteger(`--${name}`, numberOf(value)) : value,
  ]);
  return { ...defaults, ...Object.fromEntries(given) };
}

/** A text that is no number stays as it is, for the message. */
const numberOf = (text: string): unknown => (Number.isNaN(Number(text)) ? text : Number(text));
