// Looks up what a command line names.
import { closestName } from '@convoy/tensor/checks';
import { ConvoyError, describeValue } from '@convoy/tensor/errors';

/** @throws ConvoyError CONVOY_UNKNOWN_NAME */
export function findByName<T>(kind: string, entries: Readonly<Record<string, T>>, name: string): T {
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (entry !== undefined) return entry;
  const names = Object.keys(entries);
  const closest = closestName(name, names);
  throw new ConvoyError('CONVOY_UNKNOWN_NAME', {
    given: `the ${kind} ${describeValue(name)}`,
    expected: `one of: ${names.join(', ')}`,
    fix:
      closest === undefined
        ? 'Check the spelling; convoy models and convoy datasets list the names.'
        : `Did you mean ${closest}?`,
  });
}
