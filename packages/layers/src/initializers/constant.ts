// Parameters that all start with the same number.
import { numberIn } from '@convoy/tensor/checks';
import { defineInitializer, type Initializer } from '../initializer.ts';

const describe = defineInitializer<{ readonly value: number }, { readonly value: number }>({
  type: 'constant',
  settings: (check) => check({ value: numberIn({}) }),
  fill: ({ value }, values) => void values.fill(value),
});

/** Zeros: the default of biases. */
export const zerosInitializer = (): Initializer => describe({ value: 0 });

/** The same number everywhere. @throws ConvoyError CONVOY_INVALID_OPTION unless it is finite */
export const constantInitializer = (value: number): Initializer => describe({ value });
