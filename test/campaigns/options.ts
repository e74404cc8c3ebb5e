// The options of a campaign on its command line: positive integers and flags.
import { parseArgs } from 'node:util';
import { positiveInteger } from '@convoy/tensor';

type Options<Defaults> = { readonly [Name in keyof Defaults]: Defaults[Name] extends boolean ? boolean : number };

/**
 * @param defaults by name; options whose default is true or false are flags
 * @throws ConvoyError CONVOY_INVALID_OPTION for a value that is not a positive integer; TypeError for an unknown option
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
  // npm removes the `--` that ends its own options, pnpm passes it on.
  const { values } = parseArgs({ options, args: texts[0] === '--' ? texts.slice(1) : [...texts] });
  const given = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? positiveInteger(`--${name}`, numberOf(value)) : value,
  ]);
  return { ...defaults, ...Object.fromEntries(given) };
}

/** A text that is not a number is returned unchanged, for the message of the error. */
const numberOf = (text: string): unknown => (Number.isNaN(Number(text)) ? text : Number(text));
