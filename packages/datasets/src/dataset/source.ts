// What all kinds of sources have in common.
import { isFloat32Array } from '@convoy/tensor/builtins';
import type { ReadSource, Source } from './dataset.ts';

/** The type of the numbers of a sample. */
export const elementOf = (source: Source): ReadSource['element'] =>
  source.kind === 'read' ? source.element : isFloat32Array(source.samples) ? 'float32' : 'uint8';
