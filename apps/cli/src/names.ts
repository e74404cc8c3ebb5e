// Finding by name what a command line asks for.
import { ConvoyError } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';

/** @throws ConvoyError CONVOY_UNKNOWN_NAME */
export function entryNamed<T>(kind: string, entries: Readonly<Record<string, T>>, name: string): T {
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (entry !== undefined) return entry;
  throw new ConvoyError('CONVOY_UNKNOWN_NAME', {
    given: `the ${kind} ${describeValue(name)}`,
    expected: `one of: ${Object.keys(entries).join(', ')}`,
    fix: 'Check the spelling; convoy models and convoy datasets list what there is.',
  });
}
