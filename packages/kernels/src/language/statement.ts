// What a kernel does, as a plain tree: loops, branches, assignments, stores.
import type { Condition, IndexValue, IndexVariable } from './index-expression.ts';
import type { Access, Value, Variable } from './value.ts';

export type Statement =
  /** Runs the body for variable = from, from + step, … while it is less than `to`. */
  | {
      readonly kind: 'loop';
      readonly variable: IndexVariable;
      readonly from: IndexValue;
      readonly to: IndexValue;
      readonly step: number;
      /** A hint: this loop has constant bounds and a small body that repays unrolling. */
      readonly unroll: boolean;
      readonly body: readonly Statement[];
    }
  /** Runs the body with the variable bound to the value. */
  | {
      readonly kind: 'bind';
      readonly variable: IndexVariable;
      readonly value: IndexValue;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: 'if';
      readonly condition: Condition;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  /** Two ways to the same bits: the body suits back ends that unroll loops, the other those that do not. */
  | { readonly kind: 'either'; readonly body: readonly Statement[]; readonly otherwise: readonly Statement[] }
  /** A hint: the body uses many vectors; where registers hold half a vector, finish it for one half of the lanes before the other. */
  | { readonly kind: 'halves'; readonly body: readonly Statement[] }
  | { readonly kind: 'assign'; readonly variable: Variable; readonly value: Value }
  | { readonly kind: 'store'; readonly access: Access; readonly value: Value };
