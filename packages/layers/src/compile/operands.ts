// Checks the operands of a call against the parameters of its kernels. A wrong operand would make a kernel read or write memory of others.
import type { Kernel } from '@convoy/kernels';
import { ConvoyError } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { type Call, type Location, partialStride } from '../layer-context.ts';
import { Region } from '../runtime/plan.ts';
import { BLOCKS, BlockBuffer, PartialBuffer, RegionBuffer } from './locations.ts';

/** The exchange whose partials a call may use. */
export interface OperandExchange {
  readonly partialFloats: number;
  /** Whether the call combines the partials: then it runs for a shard, and memory of blocks is out of reach. */
  readonly isCombining: boolean;
}

const FLOAT_BYTES = 4;

/**
 * The locations of a call's operands, in the order of the parameters of its kernels.
 * @param layer the layer to which the call belongs, for messages
 * @param exchange the exchange that the call belongs to or that follows it; undefined if none follows
 * @param written the operands that the kernels write
 * @throws ConvoyError CONVOY_LAYER_FAILED if an operand is missing, unknown, of the wrong kind or too small, or if the call writes a parameter
 */
export function orderedOperands(
  { kernel, laterKernel, operands }: Call,
  layer: string,
  exchange: OperandExchange | undefined,
  written: readonly Location[],
): readonly Location[] {
  const names = namesOf(kernel);
  checkOperands(kernel, operands, layer, exchange);
  checkWritten(kernel, written, layer);
  if (laterKernel !== kernel) {
    checkOperands(laterKernel, operands, layer, exchange);
    if (names.join() !== namesOf(laterKernel).join()) {
      throw new ConvoyError('CONVOY_LAYER_FAILED', {
        given: `layer '${layer}', whose call has a kernel '${kernel.name}' of the operands ${names.join(', ')}, and a kernel '${laterKernel.name}' of the operands ${namesOf(laterKernel).join(', ')}`,
        expected: 'the same operands in the same order',
        fix: 'Declare the operands of both kernels in the same order.',
      });
    }
  }
  return names.map((name) => operands[name] as Location);
}

const namesOf = ({ parameters }: Kernel): readonly string[] => parameters.map(({ name }) => name);

/** A step that is repeated after a failure must find the parameters that it started from. */
function checkWritten({ name }: Kernel, written: readonly Location[], layer: string): void {
  const parameter = written.find((location) => location instanceof RegionBuffer && location.region === Region.state);
  if (!parameter) return;
  throw new ConvoyError('CONVOY_LAYER_FAILED', {
    given: `layer '${layer}', whose call of the kernel '${name}' writes the parameter ${parameter.name}`,
    expected: 'calls that only read parameters',
    fix: 'Write context.gradient(name) instead: the optimizer changes the parameter. For a running statistic, declare a movingAverage.',
  });
}

function checkOperands(
  kernel: Kernel,
  operands: Call['operands'],
  layer: string,
  exchange: OperandExchange | undefined,
): void {
  const names = namesOf(kernel);
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
      const fix = 'Take locations from the layer context, such as context.x or context.scratch(floats).';
      throw fail(`passes ${describeValue(operand)} as the operand '${name}'`, 'a location', fix);
    }
    if (operand.kind !== parameter.kind) {
      const given = `passes ${describeKind(operand.kind)} (${operand.name}) as the operand '${name}'`;
      throw fail(given, describeKind(parameter.kind), 'Pass an operand of that kind.');
    }
    const scope = scopeOf(operand, exchange);
    if (scope) throw fail(`passes ${operand.name} as the operand '${name}', ${scope.given}`, scope.expected, scope.fix);
    if (parameter.kind !== 'buffer' || operand.kind !== 'buffer') continue;
    const { extent, element, itemStride } = parameter.buffer;
    const { partialFloats = 0 } = exchange ?? {};
    const isPartial = operand instanceof PartialBuffer;
    const bytes = isPartial ? partialFloats * FLOAT_BYTES : operand.bytes;
    const needed = extent * ELEMENT_BYTES[element];
    // Not `<`: NaN is too small.
    if (!(bytes >= needed)) {
      const given = `passes ${bytes} bytes (${operand.name}) as the operand '${name}'`;
      throw fail(given, `at least ${needed} bytes`, 'Pass a buffer of the shape that the kernel was made for.');
    }
    if (itemStride !== undefined && !(isPartial && itemStride === partialStride(partialFloats))) {
      const given = `passes ${operand.name} as the operand '${name}', whose arrays lie ${itemStride} elements apart`;
      const expected = `the partials of an exchange, which lie ${partialStride(partialFloats)} floats apart`;
      throw fail(given, expected, 'Pass context.partial, and make the kernel with partialStride(partialFloats).');
    }
  }
}

const ELEMENT_BYTES = { f32: 4, u32: 4, u8: 1 } as const;

const isLocation = (operand: Location): boolean =>
  operand instanceof BlockBuffer || operand instanceof RegionBuffer || operand === BLOCKS;

/** Why a location is out of reach of a call; undefined if it is not. */
function scopeOf(operand: Location, exchange: OperandExchange | undefined) {
  if (operand instanceof PartialBuffer && !exchange) {
    return {
      given: 'although no exchange follows',
      expected: 'an exchange after the calls that use the partial',
      fix: 'Add the exchange, or use scratch memory.',
    };
  }
  if (operand === BLOCKS && !exchange?.isCombining) {
    return {
      given: 'although the call combines nothing',
      expected: 'the number of blocks in combine only',
      fix: 'Move the call to the combine of an exchange.',
    };
  }
  if (operand instanceof BlockBuffer && exchange?.isCombining) {
    return {
      given: 'which is memory of one block, although the call runs once for a shard',
      expected: 'partials, memory of the shard, parameters or their gradients',
      fix: 'Pass what combine needs of a block in its partial.',
    };
  }
  return undefined;
}

const describeKind = (kind: 'buffer' | 'index' | 'scalar'): string =>
  ({ buffer: 'memory', index: 'an integer', scalar: 'a number that changes from step to step' })[kind];
