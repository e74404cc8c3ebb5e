// Finds values that are the same in all lanes. A back end keeps them in one register.
import type { IntegerVector, Mask, Vector } from './value.ts';

/** Whether every lane is known to hold the same number. */
export function isUniform(value: Vector | IntegerVector): boolean {
  switch (value.op) {
    case 'splat':
      return true;
    case 'read':
      return value.variable.uniform;
    case 'load':
    case 'lanes':
      return false;
    case 'select':
      return isUniformMask(value.mask) && isUniform(value.a) && isUniform(value.b);
    default:
      return isUniform(value.a) && (!('b' in value) || isUniform(value.b));
  }
}

function isUniformMask(mask: Mask): boolean {
  switch (mask.op) {
    case 'not':
      return isUniformMask(mask.a);
    case 'and':
    case 'or':
      return isUniformMask(mask.a) && isUniformMask(mask.b);
    default:
      return isUniform(mask.a) && isUniform(mask.b);
  }
}
