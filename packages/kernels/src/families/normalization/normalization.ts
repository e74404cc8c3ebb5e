// Options and parameters of normalizations, which compute y = f(x̂ · scale + offset) with x̂ = (x − mean) / deviation.
import { add, loadScalar, multiply, splat } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import type { Accessor } from '../../language/operands.ts';
import type { Vector } from '../../language/value.ts';
import type { Activation } from '../activations/activation.ts';

/** Which parameters a normalization has, and the activation that is fused. */
export interface NormalizationOptions {
  /**
   * For a forward kernel the activation of the result, for an input gradient the activation that made x. The identity
   * by default.
   */
  readonly activation?: Activation;
  /** Whether there is a scale and an operand for it; true by default. */
  readonly useScale?: boolean;
  /** Whether there is an offset and an operand of the forward kernel for it; true by default. */
  readonly useOffset?: boolean;
}

/** value · scale[channel], or the value if there is no scale. */
export function scaledBy(
  k: KernelBuilder,
  scale: Accessor<[number]> | undefined,
  channel: Index,
): (value: Vector) => Vector {
  if (!scale) return (value) => value;
  const factor = k.let('scale', splat(loadScalar(scale(channel))));
  return (value) => multiply(value, factor);
}

/** value + offset[channel], or the value if there is no offset. */
export function shiftedBy(
  k: KernelBuilder,
  offset: Accessor<[number]> | undefined,
  channel: Index,
): (value: Vector) => Vector {
  if (!offset) return (value) => value;
  const shift = k.let('offset', splat(loadScalar(offset(channel))));
  return (value) => add(value, shift);
}
