// What the encoders of values need from the encoder of the function around them.
import type { Access, Variable } from '../../language/value.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { IndexEncoder } from './index-encoder.ts';
import type { Locals } from './locals.ts';

export interface FunctionContext {
  readonly code: ByteWriter;
  readonly locals: Locals;
  readonly indices: IndexEncoder;
  /** The locals of a variable: one, or one for each half of a vector. */
  localsOf(variable: Variable): readonly number[];
  /** Pushes the varying part of the address of an access and returns the constant part, in bytes. */
  encodeAddress(access: Access): number;
}
