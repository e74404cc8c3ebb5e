// What needs no kernels, as `@convoy/tensor/basics`: for threads that run what others compiled.
export { ConvoyError } from './errors.ts';
export { Permutation } from './permutation.ts';
export { RandomStream } from './random.ts';
export { sizeOf } from './shape.ts';
