// Checks the operands of a call against the parameters of its kernel. A wrong operand would make a kernel read or write memory of others.
import type { Kernel } from '@convoy/kernels';
import { ConvoyError } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import type { Call, Location } from '../layer-context.ts';
import { BLOCKS, BlockBuffer, PartialBuffer, RegionBuffer } from './locations.ts';

/**
 * The locations of a call's operands, in the order of the kernel's parameters.
 * @param layer the layer to which the call belongs, for messages
 * @param partialBytes the size of a block's partial in the exchange that follows; undefined if none follows
 * @throws ConvoyError CONVOY_LAYER_FAILED if an operand is missing, unknown, of the wrong kind or too small
 */
export function orderedOperands(
  { kernel, operands }: Pick<Call, 'kernel' | 'operands'>,
  layer: string,
  partialBytes: number | undefined,
): readonly Location[] {
  checkOperands(kernel, operands, layer, partialBytes);
  return kernel.parameters.map(({ name }) => operands[name] as Location);
}

function checkOperands(
  kernel: Kernel,
  operands: Call['operands'],
  layer: string,
  partialBytes: number | undefined,
): void {
  const names = kernel.parameters.map(({ name }) => name);
  const fail = (given: string, expected: string, fix: string) =>
    new ConvoyError('CONVOY_LAYER_FAILED', {
      given: `layer '${layer}', whose call of the kernel '${kernel.name}' ${given}`,
      expected,
      fix,
    });
  // An operand that other kernels of the family have is ignored, such as x where there is no activation to differentiate.
  const unknown = Object.keys(operands).find((name) => operands[name] !== undefined && !(name in kernel.operands));
  if (unknown !== undefined) {
    const expected = `only operands that the kernel has: ${names.join(', ')}`;
    throw fail(`passes an operand '${unknown}'`, expected, 'Leave the operand out, or correct its name.');
  }
  for (const parameter of kernel.parameters) {
    const { name } = parameter;
    const operand = operands[name];
    if (!operand) {
      const expected = `all operands of the kernel: ${names.join(', ')}`;
      throw fail(`lacks the operand '${name}'`, expected, `Pass ${name} as well.`);
    }
    if (!isLocation(operand)) {
      const given = `passes ${describeValue(operand)} as the operand '${name}'`;
      throw fail(given, 'a location', 'Take locations from the layer context: context.x, context.scratch(floats), …');
    }
    if (operand.kind !== parameter.kind) {
      const given = `passes ${describeKind(operand.kind)} (${operand.name}) as the operand '${name}'`;
      throw fail(given, describeKind(parameter.kind), 'Pass an operand of that kind.');
    }
    if (parameter.kind !== 'buffer' || operand.kind !== 'buffer') continue;
    const bytes = operand instanceof PartialBuffer ? partialBytes : operand.bytes;
    if (bytes === undefined) {
      const given = `passes ${operand.name} as the operand '${name}', although no exchange follows`;
      throw fail(given, 'an exchange after the calls that use the partial', 'Add the exchange, or use scratch memory.');
    }
    const needed = parameter.buffer.extent * ELEMENT_BYTES[parameter.buffer.element];
    if (bytes < needed) {
      const given = `passes ${bytes} bytes (${operand.name}) as the operand '${name}'`;
      throw fail(given, `at least ${needed} bytes`, 'Pass a buffer of the shape that the kernel was made for.');
    }
  }
}

const ELEMENT_BYTES = { f32: 4, u32: 4, u8: 1 } as const;

const isLocation = (operand: Location): boolean =>
  operand instanceof BlockBuffer || operand instanceof RegionBuffer || operand === BLOCKS;

const describeKind = (kind: 'buffer' | 'index' | 'scalar'): string =>
  ({ buffer: 'memory', index: 'an integer', scalar: 'a number that changes from step to step' })[kind];
