// What callers know of a kernel's operands: by its type, and at run time.
import { expect, expectTypeOf, test } from 'vitest';
import {
  adamRule,
  cells,
  concat,
  conv2d,
  convolutionForms,
  gather,
  type Kernel,
  kernel,
  type OperandsOf,
  reduceGradients,
  relu,
  repeated,
  scalars,
  scalarsOf,
  updateKernel,
} from '../src/index.ts';
import { convolutionShapes } from './shapes.ts';

const { inChannels } = convolutionShapes[0]!;
