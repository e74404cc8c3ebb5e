// Sums of many terms in each lane, in a fixed order that keeps rounding errors small.
import { add, splat } from '../../language/floats.ts';
import { Index } from '../../language/index-expression.ts';
import type { KernelBuilder, VectorCell } from '../../language/kernel-builder.ts';
import type { Vector } from '../../language/value.ts';

/** Terms that are summed before their sum is added to the total, so that small terms are not added to a large sum. */
const RUN = 128;
/** Sums that are computed side by side, so that additions do not wait for each other. */
const ACCUMULATORS = 4;

type Sums<Name extends string> = Readonly<Record<Name, Vector>>;

/**
 * Σ terms(i) over i = 0 … count − 1, for each name, in each lane. Runs of 128 terms are summed separately and added to
 * the total in order. Within a run, 4 partial sums (2 if there are two names) take the terms in turn.
 */
export function laneSums<const Name extends string>(
  k: KernelBuilder,
  count: number,
  names: readonly Name[],
  terms: (i: Index) => Sums<Name>,
): Sums<Name> {
  if (count <= RUN) return runSums(k, new Index(0), count, names, terms);
  const totals = zeros(k, names);
  const addRun = (first: Index, length: number) => addTo(totals, runSums(k, first, length, names, terms));
  const rest = count % RUN;
  k.loop('run', 0, count - rest, (first) => addRun(first, RUN), RUN);
  if (rest > 0) addRun(new Index(count - rest), rest);
  return record(names, (name) => totals[name].value);
}

function runSums<Name extends string>(
  k: KernelBuilder,
  first: Index,
  length: number,
  names: readonly Name[],
  terms: (i: Index) => Sums<Name>,
): Sums<Name> {
  const width = Math.max(1, Math.floor(ACCUMULATORS / names.length));
  const partials = Array.from({ length: Math.min(width, length) }, () => zeros(k, names));
  const rest = length % partials.length;
  const addTerms = (start: Index, count: number) => {
    for (const [j, sums] of partials.slice(0, count).entries()) addTo(sums, terms(start.plus(j)));
  };
  k.loop('i', 0, length - rest, (i) => addTerms(first.plus(i), partials.length), partials.length);
  addTerms(first.plus(length - rest), rest);
  return record(names, (name) => k.let(name, partials.map((sums) => sums[name].value).reduce(add)));
}

const zeros = <Name extends string>(k: KernelBuilder, names: readonly Name[]): Readonly<Record<Name, VectorCell>> =>
  record(names, (name) => k.variable(name, splat(0)));

function addTo<Name extends string>(sums: Readonly<Record<Name, VectorCell>>, terms: Sums<Name>): void {
  for (const [name, sum] of Object.entries<VectorCell>(sums)) sum.set(add(sum.value, terms[name as Name]));
}

const record = <Name extends string, T>(names: readonly Name[], make: (name: Name) => T): Readonly<Record<Name, T>> =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;
