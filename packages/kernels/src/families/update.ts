// The update of the parameters, fused with the sum of the shards' gradients: each number is read once and written once a step.
// An optimizer is a rule for one vector of parameters; this file puts any rule into its kernel.
import type { Index } from '../language/index-expression.ts';
import { cells, type KernelBuilder, kernel } from '../language/kernel-builder.ts';
import type { Kernel } from '../language/statement.ts';
import { add, type Buffer, LANES, load, type Scalar, splat, type Vector } from '../language/value.ts';

/** Parameters are updated in units of this many floats: a cache line, so that no two workers write to the same one. */
export const UPDATE_UNIT = 2 * LANES;

export interface UpdateShape {
  /** Floats of parameters, a multiple of `UPDATE_UNIT`. */
  readonly parameters: number;
  /** Floats from one shard's gradients to the next one's. */
  readonly shardStride: number;
}

/** How an optimizer changes parameters w, given their gradient g, the arrays it keeps (slots), and the numbers of the step. */
export interface UpdateRule<Slot extends string = string, Number extends string = string> {
  readonly name: string;
  readonly slots: readonly Slot[];
  readonly hyperparameters: readonly Number[];
  step(
    k: KernelBuilder,
    now: { readonly w: Vector; readonly g: Vector; readonly slots: Readonly<Record<Slot, Vector>> },
    numbers: Readonly<Record<Number, Vector>>,
  ): { readonly w: Vector; readonly slots: Readonly<Record<Slot, Vector>> };
}

/**
 * g = Σ gradients over the shards in order, then the rule, for units first … last − 1.
 *
 * Arguments: w, each slot, gradients (shards, shardStride), next w, each next slot, first, last, the number of shards (at least 1), each
 * hyperparameter.
 */
export function updateKernel(rule: UpdateRule, { parameters, shardStride }: UpdateShape): Kernel {
  const arrays = ['w', ...rule.slots];
  const kinds = Object.fromEntries([
    ...[...arrays, 'gradients', ...arrays.map(next)].map((name) => [name, 'f32[]'] as const),
    ...['first', 'last', 'shards'].map((name) => [name, 'index'] as const),
    ...rule.hyperparameters.map((name) => [name, 'f32'] as const),
  ]);
  return kernel(rule.name, kinds, (k, given) => {
    const { gradients, first, last, shards } = given as unknown as ReductionHandles;
    const vectors = UPDATE_UNIT / LANES;
    const units = (name: string) => cells(given[name] as Buffer, [parameters / UPDATE_UNIT, vectors]);
    const gradient = cells(gradients, [1, shardStride / LANES]);
    const numbers = record(rule.hyperparameters, (name) => k.let(name, splat(given[name] as Scalar)));
    k.loop('unit', first, last, (unit) => {
      const at = (vector: number) => unit.times(vectors).plus(vector);
      const sums = Array.from({ length: vectors }, (_, i) => k.variable('g', load(gradient(0, at(i)))));
      k.loop('shard', 1, shards, (shard) =>
        sums.forEach((sum, i) => {
          sum.set(add(sum.value, load(gradient(shard, at(i)))));
        }),
      );
      sums.forEach((sum, i) => {
        const read = (name: string) => k.let(name, load(units(name)(unit, i)));
        const now = { w: read('w'), g: sum.value, slots: record(rule.slots, read) };
        const { w, slots } = rule.step(k, now, numbers);
        for (const slot of rule.slots) k.store(units(next(slot))(unit, i), slots[slot] as Vector);
        k.store(units(next('w'))(unit, i), w);
      });
    });
  });
}

/** What every update is given. */
interface ReductionHandles {
  readonly gradients: Buffer;
  readonly first: Index;
  readonly last: Index;
  readonly shards: Index;
}

/** The name of the argument for what an array becomes. */
const next = (name: string): string => `next ${name}`;

const record = (names: readonly string[], make: (name: string) => Vector): Readonly<Record<string, Vector>> =>
  Object.fromEntries(names.map((name) => [name, make(name)]));
