// Parameters that all start with the same number.
import { checkOptions, float32In } from '@convoy/tensor/checks';
import type { NoOptions } from '@convoy/tensor/definitions';
import { defineInitializer, type Initializer } from '../initializer.ts';

const describe = defineInitializer<{ readonly value: number }, { readonly value: number }>({
  type: 'constant',
  settings: (check) => check({ value: float32In({}) }),
  fill: ({ value }, values) => void values.fill(value),
});

/** Zeros: the default of biases. @throws ConvoyError CONVOY_INVALID_OPTION for any option */
export const zerosInitializer = (options?: NoOptions): Initializer => {
  checkOptions('zerosInitializer', options, {});
  return describe({ value: 0 });
};

/** The same number everywhere. @throws ConvoyError CONVOY_INVALID_OPTION unless it is finite as float32 */
export const constantInitializer = (value: number): Initializer => describe({ value });
