// Integer expressions: indices of elements in buffers, and bounds of loops.
// Indices are affine in the loop variables, so that a back end can compute addresses with pointers and immediates.

/** An integer that is known when a kernel runs: the counter of a loop, a bound integer, or an integer operand. */
export interface IndexVariable {
  readonly name: string;
}

const NO_TERMS: ReadonlyMap<IndexVariable, number> = new Map();

/**
 * An affine integer expression: constant + Σ coefficient · variable. It is immutable, so that expressions can share
 * their terms.
 */
export class Index {
  readonly constant: number;
  readonly terms: ReadonlyMap<IndexVariable, number>;

  constructor(constant: number, terms: ReadonlyMap<IndexVariable, number> = NO_TERMS) {
    this.constant = constant;
    this.terms = terms;
  }

  static variable(variable: IndexVariable): Index {
    return new Index(0, new Map([[variable, 1]]));
  }

  static from(value: IndexLike): Index {
    return typeof value === 'number' ? new Index(value) : value;
  }

  plus(other: IndexLike): Index {
    if (typeof other === 'number') return other === 0 ? this : new Index(this.constant + other, this.terms);
    const { constant, terms } = other;
    if (terms.size === 0) return this.plus(constant);
    if (this.terms.size === 0) return other.plus(this.constant);
    const sum = new Map(this.terms);
    for (const [variable, coefficient] of terms) {
      const total = (sum.get(variable) ?? 0) + coefficient;
      if (total === 0) sum.delete(variable);
      else sum.set(variable, total);
    }
    return new Index(this.constant + constant, sum);
  }

  minus(other: IndexLike): Index {
    return this.plus(typeof other === 'number' ? -other : other.times(-1));
  }

  times(factor: number): Index {
    if (factor === 1) return this;
    if (factor === 0 || this.terms.size === 0) return new Index(this.constant * factor);
    const terms = new Map<IndexVariable, number>();
    for (const [variable, coefficient] of this.terms) terms.set(variable, coefficient * factor);
    return new Index(this.constant * factor, terms);
  }
}

/** An affine expression, or a constant. */
export type IndexLike = Index | number;

/** An integer expression that need not be affine, for loop bounds and bound integers. */
export type IndexValue =
  | Index
  | { readonly op: 'min' | 'max'; readonly a: IndexValue; readonly b: IndexValue }
  | { readonly op: 'ceilDivide'; readonly a: IndexValue; readonly divisor: number };

/** An integer expression, or a constant. */
export type IndexValueLike = IndexValue | number;

export const toIndexValue = (value: IndexValueLike): IndexValue =>
  typeof value === 'number' ? new Index(value) : value;

/** The smaller of two integers. */
export const minimum = (a: IndexValueLike, b: IndexValueLike): IndexValue => ({
  op: 'min',
  a: toIndexValue(a),
  b: toIndexValue(b),
});

/** The greater of two integers. */
export const maximum = (a: IndexValueLike, b: IndexValueLike): IndexValue => ({
  op: 'max',
  a: toIndexValue(a),
  b: toIndexValue(b),
});

/** ⌈a / divisor⌉ for a ≥ 0. For a < 0 it is some integer ≤ 0, which is enough for bounds that are clamped to zero. */
export const ceilDivide = (a: IndexLike, divisor: number): IndexValue =>
  divisor === 1 ? Index.from(a) : { op: 'ceilDivide', a: Index.from(a), divisor };

/** The value of an expression without variables; undefined for other expressions. */
export function constantValue(value: IndexValue): number | undefined {
  if (value instanceof Index) return value.terms.size === 0 ? value.constant : undefined;
  const a = constantValue(value.a);
  if (a === undefined) return undefined;
  if (value.op === 'ceilDivide') return Math.ceil(a / value.divisor);
  const b = constantValue(value.b);
  if (b === undefined) return undefined;
  return value.op === 'min' ? Math.min(a, b) : Math.max(a, b);
}

/** A condition on integers, for branches. */
export type Condition =
  | { readonly op: 'equal' | 'less'; readonly a: IndexValue; readonly b: IndexValue }
  | { readonly op: 'both'; readonly a: Condition; readonly b: Condition };

/** a = b */
export const equal = (a: IndexValueLike, b: IndexValueLike): Condition => ({
  op: 'equal',
  a: toIndexValue(a),
  b: toIndexValue(b),
});

/** a < b */
export const less = (a: IndexValueLike, b: IndexValueLike): Condition => ({
  op: 'less',
  a: toIndexValue(a),
  b: toIndexValue(b),
});

/** Both conditions hold. */
export const both = (a: Condition, b: Condition): Condition => ({ op: 'both', a, b });

/** Whether a condition without variables holds; undefined for other conditions. */
export function constantCondition(condition: Condition): boolean | undefined {
  if (condition.op === 'both') {
    const a = constantCondition(condition.a);
    const b = constantCondition(condition.b);
    return a === undefined || b === undefined ? undefined : a && b;
  }
  const a = constantValue(condition.a);
  const b = constantValue(condition.b);
  if (a === undefined || b === undefined) return undefined;
  return condition.op === 'equal' ? a === b : a < b;
}
