// The statements of a kernel, as a plain tree: loops, branches, assignments and stores.
import type { Condition, IndexValue, IndexVariable } from './index-expression.ts';
import type { Access, Value, Variable } from './value.ts';

/** A statement of a kernel. */
export type Statement =
  /** Runs the body for variable = from, from + step, … while it is less than `to`. */
  | {
      readonly kind: 'loop';
      readonly variable: IndexVariable;
      readonly from: IndexValue;
      readonly to: IndexValue;
      readonly step: number;
      /** A hint: the loop has constant bounds and a small body, so unrolling it may be faster. */
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
  /** Two programs with the same bits: `body` for back ends that unroll loops, `otherwise` for the others. */
  | { readonly kind: 'either'; readonly body: readonly Statement[]; readonly otherwise: readonly Statement[] }
  /**
   * A hint: the body uses many vectors. Where registers hold half a vector, run it for one half of the lanes and then
   * for the other.
   */
  | { readonly kind: 'halves'; readonly body: readonly Statement[] }
  | { readonly kind: 'assign'; readonly variable: Variable; readonly value: Value }
  | { readonly kind: 'store'; readonly access: Access; readonly value: Value };
