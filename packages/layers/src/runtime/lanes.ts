// The number of samples in a block, for threads that run plans without loading the kernels package.
import type { LANES as KERNEL_LANES } from '@convoy/kernels';

/** The type makes sure that it is the number of the kernels package. */
export const LANES: typeof KERNEL_LANES = 8;
