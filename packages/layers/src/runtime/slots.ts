// How the arrays that an optimizer keeps start.
import type { Plan } from './plan.ts';

/**
 * Makes the slots of a state what they are before the first step: zeros, or copies of its parameters.
 * @param floats what the state lies in, from place `state` on
 */
export function startSlots({ slotStarts, parameterFloats }: Plan, floats: Float32Array, state: number): void {
  for (const [i, start] of slotStarts.entries()) {
    const slot = state + (1 + i) * parameterFloats;
    if (start === 'zeros') floats.fill(0, slot, slot + parameterFloats);
    else floats.copyWithin(slot, state, state + parameterFloats);
  }
}
