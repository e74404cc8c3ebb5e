// Parameters that start with one number.
import { finiteNumber } from '@convoy/tensor';
import { defineInitializer, type Initializer } from '../initializer.ts';

const describe = defineInitializer<number, { readonly value: number }>({
  type: 'constant',
  settings: (value) => ({ value: finiteNumber('value', value) }),
  fill: ({ value }, values) => void values.fill(value),
});

/** All zeros. */
export const zerosInitializer = (): Initializer => describe(0);

/** The same number everywhere. @throws ConvoyError CONVOY_INVALID_OPTION unless it is finite. */
export const constantInitializer = (value: number): Initializer => describe(value);
