// The update of the parameters, fused with the sum of the gradients over the shards, so that a step reads and writes
// each number once. An optimizer is a rule for one vector of parameters; this file makes a kernel from a rule.
import { load, splat } from '../../language/floats.ts';
import { type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import type { Accessor, BufferKind, OperandKind } from '../../language/operands.ts';
import type { Scalar, Vector } from '../../language/value.ts';
import { shardGradients, sumShards, type UpdateShape, unitCells } from './shard-sums.ts';

/** The content of a slot before the first step: zeros, or a copy of the parameters. */
export type SlotStart = 'zeros' | 'parameters';

/**
 * How an optimizer computes new parameters from parameters w, their gradient g, its slots, and the hyperparameters of
 * the step.
 */
export interface UpdateRule<Slot extends string = string, Name extends string = string> {
  readonly name: string;
  /** The slots, with one number per parameter, in the order of the parameters of the kernel. */
  readonly slots: Readonly<Record<Slot, SlotStart>>;
  /** The hyperparameters, in the order of the parameters of the kernel. */
  readonly hyperparameters: readonly Name[];
  /** The hyperparameters that are proportional to the learning rate. */
  readonly ofLearningRate: readonly Name[];
  /** The hyperparameters that are 0 without weight decay. */
  readonly ofWeightDecay: readonly Name[];
  step(
    k: KernelBuilder,
    now: { readonly w: Vector; readonly g: Vector; readonly slots: Readonly<Record<Slot, Vector>> },
    numbers: Readonly<Record<Name, Vector>>,
  ): { readonly w: Vector; readonly slots: Readonly<Record<Slot, Vector>> };
}

/**
 * For units first … last − 1: g = Σ gradients over the shards in order, then the rule. `shards` is at least 1. The new
 * parameters and slots are stored in other arrays, whose operands are named `next w` and `next <slot>`.
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

/**
 * The operands of every update. There is also one for each slot, each next slot and each hyperparameter of the rule.
 * @public The declarations of the rules name it.
 */
export interface UpdateOperands {
  readonly w: BufferKind<[number, number]>;
  readonly gradients: BufferKind<[number, number, number]>;
  readonly 'next w': BufferKind<[number, number]>;
  readonly first: 'index';
  readonly last: 'index';
  readonly shards: 'index';
  readonly [slotOrHyperparameter: string]: OperandKind;
}

/** The name of the operand for the new values of an array. */
const next = (name: string): string => `next ${name}`;

const record = (names: readonly string[], make: (name: string) => Vector): Readonly<Record<string, Vector>> =>
  Object.fromEntries(names.map((name) => [name, make(name)]));
