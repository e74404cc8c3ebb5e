// The update of the parameters, fused with the sum of the shards' gradients: each number is read once and written once a step.
// An optimizer is a rule for one vector of parameters; this file puts any rule into its kernel.

import { load, splat } from '../../language/floats.ts';
import { type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import type { Accessor, BufferKind, OperandKind } from '../../language/operands.ts';
import type { Scalar, Vector } from '../../language/value.ts';
import { shardGradients, sumShards, type UpdateShape, unitCells } from './shard-sums.ts';

/** What a slot holds before the first step: zeros, or a copy of the parameters. */
export type SlotStart = 'zeros' | 'parameters';

/** How an optimizer changes parameters w, given their gradient g, the arrays it keeps (slots), and the numbers of the step. */
export interface UpdateRule<Slot extends string = string, Name extends string = string> {
  readonly name: string;
  /** The arrays, of one number a parameter each, in the order of the kernel's arguments. */
  readonly slots: Readonly<Record<Slot, SlotStart>>;
  /** The numbers of a step, in the order of the kernel's arguments. */
  readonly hyperparameters: readonly Name[];
  /** Those that grow with the learning rate, and those that are 0 without weight decay. */
  readonly ofLearningRate: readonly Name[];
  readonly ofWeightDecay: readonly Name[];
  step(
    k: KernelBuilder,
    now: { readonly w: Vector; readonly g: Vector; readonly slots: Readonly<Record<Slot, Vector>> },
    numbers: Readonly<Record<Name, Vector>>,
  ): { readonly w: Vector; readonly slots: Readonly<Record<Slot, Vector>> };
}

/**
 * g = Σ gradients over the shards in order, then the rule, for units first … last − 1.
 *
 * Arguments: w, each slot, gradients (shards, shardStride), next w, each next slot, first, last, the number of shards (at least 1), each
 * hyperparameter.
 */
export function updateKernel(rule: UpdateRule, shape: UpdateShape) {
  const slotNames = Object.keys(rule.slots);
  const units = unitCells(shape);
  const arrays = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, units]));
  const operands: UpdateOperands = {
    w: units,
    ...arrays(slotNames),
    gradients: shardGradients(shape),
    'next w': units,
    ...arrays(slotNames.map(next)),
    first: 'index',
    last: 'index',
    shards: 'index',
    ...Object.fromEntries(rule.hyperparameters.map((name) => [name, 'f32'] as const)),
  };
  return kernel(rule.name, operands, (k, handles) => {
    const { gradients, first, last, shards } = handles;
    const array = (name: string) => handles[name] as Accessor<[number, number]>;
    const numbers = record(rule.hyperparameters, (name) => k.let(name, splat(handles[name] as Scalar)));
    k.loop('unit', first, last, (unit) => {
      for (const [i, g] of sumShards(k, gradients, unit, shards).entries()) {
        const read = (name: string) => k.let(name, load(array(name)(unit, i)));
        const { w, slots } = rule.step(k, { w: read('w'), g, slots: record(slotNames, read) }, numbers);
        for (const slot of slotNames) k.store(array(next(slot))(unit, i), slots[slot] as Vector);
        k.store(array(next('w'))(unit, i), w);
      }
    });
  });
}

/** What every update is given, and for each slot and hyperparameter of its rule an operand of that name. */
export interface UpdateOperands {
  readonly w: BufferKind<[number, number]>;
  readonly gradients: BufferKind<[number, number, number]>;
  readonly 'next w': BufferKind<[number, number]>;
  readonly first: 'index';
  readonly last: 'index';
  readonly shards: 'index';
  readonly [slotOrHyperparameter: string]: OperandKind;
}

/** The name of the argument for what an array becomes. */
const next = (name: string): string => `next ${name}`;

const record = (names: readonly string[], make: (name: string) => Vector): Readonly<Record<string, Vector>> =>
  Object.fromEntries(names.map((name) => [name, make(name)]));
