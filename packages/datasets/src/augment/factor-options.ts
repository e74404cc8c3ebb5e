// The option that brightness, contrast, saturation and sharpness have.
import { type Bounds, boundsIn } from './option-checks.ts';

/** Options of `brightness`, `contrast`, `saturation` and `sharpness`. */
export interface FactorOptions {
  /** [least, greatest], from 0 to 1000. 1 changes nothing, less weakens and more strengthens. */
  readonly factor: Bounds;
}

export const factorOptions = { factor: boundsIn({ atLeast: 0, atMost: 1000 }) };
