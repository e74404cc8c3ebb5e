// Looks up what a command line names.
import { ConvoyError, describeValue } from '@convoy/tensor/errors';

/** @throws ConvoyError CONVOY_UNKNOWN_NAME */
export function findByName<T>(kind: string, entries: Readonly<Record<string, T>>, name: string): T {
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (entry !== undefined) return entry;
  throw new ConvoyError('CONVOY_UNKNOWN_NAME', {
    given: `the ${kind} ${describeValue(name)}`,
    expected: `one of: ${Object.keys(entries).join(', ')}`,
    fix: 'Check the spelling; convoy models and convoy datasets list the names.',
  });
}
