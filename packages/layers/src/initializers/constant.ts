// Parameters that all start with the same number.
import { finiteNumber } from '@convoy/tensor';
import { defineInitializer, type Initializer } from '../initializer.ts';

const describe = defineInitializer<number, { readonly value: number }>({
  type: 'constant',
  settings: (value) => ({ value: finiteNumber('value', value) }),
  fill: ({ value }, values) => void values.fill(value),
});

/** Zeros: the default of biases. */
export const zerosInitializer = (): Initializer => describe(0);

/** The same number everywhere. @throws ConvoyError CONVOY_INVALID_OPTION unless it is finite */
export const constantInitializer = (value: number): Initializer => describe(value);
