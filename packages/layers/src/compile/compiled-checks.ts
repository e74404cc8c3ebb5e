// Checks of what definitions return when a model is compiled: calls and exchanges. The operands of calls are checked
// when their kernels are encoded, in `operands.ts`.
import { isObject } from '@convoy/tensor/builtins';
import { choiceOf, functionOf, listOf, type OptionCheck, optional, positiveInteger } from '@convoy/tensor/checks';
import { checkResult, wrongResult } from '@convoy/tensor/definitions';
import type { Call, CompiledLayer, Exchange, Work } from '../layer-context.ts';
import { isExchange } from './call-encoder.ts';

/**
 * @param of what is defined, such as "layer 'conv1'"
 * @throws ConvoyError CONVOY_LAYER_FAILED
 */
export function checkedLayer(of: string, compiled: unknown): CompiledLayer {
  checkResult(of, 'compile', compiled, {
    forward: listOf(workOf(of, 'compile')),
    inference: optional(listOf(workOf(of, 'compile'))),
    recompute: optional(listOf(callOf(of, 'compile'))),
    backward: functionOf(),
  });
  return compiled as CompiledLayer;
}

/** @throws ConvoyError CONVOY_LAYER_FAILED */
export function checkedBackward(of: string, works: unknown): readonly Work[] {
  if (Array.isArray(works)) return listOf(workOf(of, 'backward'))('backward', works);
  throw wrongResult(of, 'backward', works, 'an array of calls');
}

/** The calls of a loss or a metric. @throws ConvoyError CONVOY_LAYER_FAILED */
export function checkedCalls(of: string, calls: unknown): readonly Call[] {
  if (Array.isArray(calls)) return listOf(callOf(of, 'compile'))('compile', calls);
  throw wrongResult(of, 'compile', calls, 'an array of calls');
}

const workOf =
  (of: string, part: string): OptionCheck<Work> =>
  (name, value) =>
    isObject(value) && isExchange<Exchange>(value) ? exchangeOf(of, part, value) : callOf(of, part)(name, value);

const callOf =
  (of: string, part: string): OptionCheck<Call> =>
  (_, value) => {
    if (isObject(value) && ['kernel', 'laterKernel', 'operands'].every((name) => isObject(Reflect.get(value, name)))) {
      return value as Call;
    }
    throw wrongResult(of, part, value, 'what call(kernel, operands) or accumulatingCall(kernel, operands) returns');
  };

function exchangeOf(of: string, part: string, exchange: Exchange): Exchange {
  checkResult(of, part, exchange, {
    scope: choiceOf('shard', 'batch'),
    partialFloats: positiveInteger,
    combine: listOf(callOf(of, part)),
  });
  return exchange;
}
