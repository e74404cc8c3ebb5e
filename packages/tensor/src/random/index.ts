// Seeded random numbers, as `@convoy/tensor/random`: loads no kernels.
export { Permutation } from './permutation.ts';
export { hashPurpose, RandomStream } from './random.ts';
