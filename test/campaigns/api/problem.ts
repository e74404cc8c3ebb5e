// What is wrong with an error that a user gets.
import { ConvoyError } from '@convoy/tensor';
import { UserError } from './hostile-values.ts';

/** Undefined for a good error: a complete `ConvoyError`, or what a function of the user threw. */
export function problemOf(error: unknown): string | undefined {
  if (error instanceof UserError) return undefined;
  if (!(error instanceof ConvoyError)) return describeRaw(error);
  const { given, expected, fix } = error;
  if ([given, expected, fix].some((part) => part.trim() === '')) return `an incomplete message: ${error.message}`;
  return fix.endsWith('.') || fix.endsWith('?') ? undefined : `a fix that is no sentence: ${fix}`;
}

/** The type and message of an error, and where in Convoy it was thrown. */
export function describeRaw(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${String(error)}`;
  const place = /packages\/[\w./-]+:\d+/.exec(error.stack ?? '')?.[0] ?? 'outside of the packages';
  return `${error.name}: ${error.message.slice(0, 200)} (${place})`;
}
