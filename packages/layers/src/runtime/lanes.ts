// The samples of a block, for threads that run plans without loading the kernels' package.
import type { LANES as KERNEL_LANES } from '@convoy/kernels';

/** That of the kernels, as its type says. */
export const LANES: typeof KERNEL_LANES = 8;
