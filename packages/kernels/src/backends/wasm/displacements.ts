// The constant parts of addresses. WebAssembly adds them to a pointer as unsigned immediates, so a buffer whose accesses reach
// below its address gets a pointer that starts lower by as much.
import { constantValue, type IndexVariable } from '../../language/index-expression.ts';
import type { Statement } from '../../language/statement.ts';
import type { Access, Buffer } from '../../language/value.ts';
import { accessesIn } from './accesses.ts';
import { elementBytes } from './pointers.ts';

type Loop = Extract<Statement, { kind: 'loop' }>;

/** The values of a loop that is not encoded as one: unrolled, or run at most once. */
export function unrolledValues(loop: Loop, unroll: boolean): readonly number[] | undefined {
  const from = constantValue(loop.from);
  const to = constantValue(loop.to);
  if (from === undefined || to === undefined) return undefined;
  const count = Math.max(0, Math.ceil((to - from) / loop.step));
  if (count > 1 && !(loop.unroll && unroll)) return undefined;
  return Array.from({ length: count }, (_, i) => from + i * loop.step);
}

/** The constant part of an access's address, in bytes, with some variables as constants. */
export function displacement({ buffer, index }: Access, constants: ReadonlyMap<IndexVariable, number>): number {
  let elements = index.constant;
  if (constants.size > 0) {
    for (const [variable, coefficient] of index.terms) elements += coefficient * (constants.get(variable) ?? 0);
  }
  return elements * elementBytes(buffer);
}

/** For each buffer the lowest constant part of its addresses, over all that unrolled loops make of them; at most 0. */
export function lowestDisplacements(statements: readonly Statement[], unroll: boolean): ReadonlyMap<Buffer, number> {
  const ranges = new Map<IndexVariable, Range>();
  collectRanges(statements, unroll, ranges);
  const lowest = new Map<Buffer, number>();
  for (const access of accessesIn(statements)) {
    lowest.set(access.buffer, Math.min(lowest.get(access.buffer) ?? 0, lowestDisplacement(access, ranges)));
  }
  return lowest;
}

function lowestDisplacement({ buffer, index }: Access, ranges: ReadonlyMap<IndexVariable, Range>): number {
  let elements = index.constant;
  for (const [variable, coefficient] of index.terms) {
    const range = ranges.get(variable);
    if (range) elements += coefficient * (coefficient < 0 ? range.last : range.first);
  }
  return elements * elementBytes(buffer);
}

/** The first and the last value of an unrolled loop's variable. */
interface Range {
  readonly first: number;
  readonly last: number;
}

function collectRanges(statements: readonly Statement[], unroll: boolean, ranges: Map<IndexVariable, Range>): void {
  for (const statement of statements) {
    if (statement.kind === 'loop') {
      const values = unrolledValues(statement, unroll);
      if (values?.length) {
        ranges.set(statement.variable, { first: values[0] as number, last: values.at(-1) as number });
      }
    }
    if ('body' in statement) collectRanges(statement.body, unroll, ranges);
    if ('otherwise' in statement) collectRanges(statement.otherwise, unroll, ranges);
  }
}
