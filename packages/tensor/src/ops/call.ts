// A call of a routine: a kernel, and the buffers of the routine that are bound to its operands.
import type { Kernel, OperandsOf } from '@convoy/kernels';

/** `BufferName` are the names of the buffers that the operands are bound to. */
export interface Call<BufferName extends string = string> {
  readonly kernel: Kernel;
  /** The names of buffers, by the names of operands. */
  readonly operands: Readonly<Record<string, BufferName | undefined>>;
}

/** A name of a buffer for each operand. A routine binds only buffers, no numbers. */
type BufferNames<K extends Kernel> = OperandsOf<K, string, never>;

/**
 * Binds buffers to the operands of a kernel.
 *
 * ```ts
 * call(dense(shape), { x: 'x', w: 'kernel', bias: 'bias', y: 'y' });
 * ```
 * TypeScript reports missing and unknown operands, and `RoutineDefinition` reports unknown buffers.
 */
export const call = <K extends Kernel, const Given extends BufferNames<K>>(
  kernel: K,
  operands: Given & Readonly<Record<Exclude<keyof Given, keyof BufferNames<K>>, never>>,
): Call<Extract<Given[keyof Given], string>> => ({ kernel, operands });

/**
 * The names of the buffers that a kernel gets, in the order of its parameters. An operand that the kernel does not have
 * may name a buffer that the routine does not have, such as the bias of a convolution without bias.
 *
 * @param sizes the numbers of elements of the buffers that the routine has
 * @throws Error if an operand is missing, unknown or not a buffer, or if its buffer is too small
 */
export function boundBuffers({ kernel, operands }: Call, sizes: ReadonlyMap<string, number>): readonly string[] {
  const { name: kernelName, parameters } = kernel;
  const names = parameters.map(({ name }) => name);
  for (const [operand, buffer = ''] of Object.entries(operands)) {
    if (!sizes.has(buffer) || names.includes(operand)) continue;
    throw new Error(`The kernel '${kernelName}' has no operand '${operand}'. Its operands are ${names.join(', ')}.`);
  }
  return parameters.map((parameter) => {
    const operand = `The operand '${parameter.name}' of the kernel '${kernelName}'`;
    if (parameter.kind !== 'buffer') throw new Error(`${operand} is a number. Routines bind only buffers.`);
    const { extent } = parameter.buffer;
    const buffer = operands[parameter.name];
    const size = buffer === undefined ? undefined : sizes.get(buffer);
    if (buffer === undefined || size === undefined) throw new Error(`${operand} is not bound to a buffer.`);
    if (size >= extent) return buffer;
    throw new Error(`${operand} needs ${extent} elements, but the buffer '${buffer}' has only ${size}.`);
  });
}
