// The constant parts of addresses. WebAssembly adds them to a pointer as unsigned immediates. Where the constant part
// of an access is negative, the pointer to its buffer starts lower by as much.
import { constantValue, type IndexVariable } from '../../language/index-expression.ts';
import type { Statement } from '../../language/statement.ts';
import type { Access, BufferOperand } from '../../language/value.ts';
import { accessesIn } from './accesses.ts';
import { elementBytes } from './pointers.ts';

type Loop = Extract<Statement, { kind: 'loop' }>;

/** The values of the variable of a loop that is not encoded as a loop: it is unrolled, or runs at most once. */
export function unrolledValues(loop: Loop, unroll: boolean): readonly number[] | undefined {
  const from = constantValue(loop.from);
  const to = constantValue(loop.to);
  if (from === undefined || to === undefined) return undefined;
  const count = Math.max(0, Math.ceil((to - from) / loop.step));
  if (count > 1 && !(loop.unroll && unroll)) return undefined;
  return Array.from({ length: count }, (_, i) => from + i * loop.step);
}

/** The constant part of an address, in bytes, where some variables are constants. */
export function displacement({ buffer, index }: Access, constants: ReadonlyMap<IndexVariable, number>): number {
  let elements = index.constant;
  if (constants.size > 0) {
    for (const [variable, coefficient] of index.terms) elements += coefficient * (constants.get(variable) ?? 0);
  }
  return elements * elementBytes(buffer);
}

/** For each buffer, the lowest constant part of its addresses in all iterations of unrolled loops; at most 0. */
export function lowestDisplacements(
  statements: readonly Statement[],
  unroll: boolean,
): ReadonlyMap<BufferOperand, number> {
  const ranges = new Map<IndexVariable, Range>();
  collectRanges(statements, unroll, ranges);
  const lowest = new Map<BufferOperand, number>();
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

/** The first and the last value of the variable of an unrolled loop. */
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
