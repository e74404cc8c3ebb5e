// Seeded random numbers. This is `@convoy/tensor/random`, which loads no kernels.
export { Permutation } from './permutation.ts';
export { hashPurpose, RandomStream } from './random.ts';
