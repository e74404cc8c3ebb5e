// A back end encodes kernels when a model is compiled, and binds them when an engine is made. The interpreter of the kernels' tests, as a back
// end, computes the bits of WebAssembly.
import { type Kernel, ModuleEncoder, writtenBuffers } from '@convoy/kernels';
import { accuracy, adamW, batchNorm1d, dense, dropout, relu, sequential, softmaxCrossEntropy } from '@convoy/layers';
import { expect, test } from 'vitest';
import { interpret } from '../../kernels/test/interpreter.ts';
import type { Backend, KernelFunction } from '../src/runtime/backend.ts';
import { EngineGroup } from './engines.ts';
import { randomNumbers, tensorOf } from './numbers.ts';

/** Interprets each kernel on copies of its buffers. */
function interpreting() {
  const kernels: Kernel[] = [];
  const runs = new Set<string>();
  const functionOf =
    ({ buffer }: WebAssembly.Memory, kernel: Kernel): KernelFunction =>
    (...values) => {
      runs.add(kernel.name);
      const written = writtenBuffers(kernel);
      const buffers = kernel.parameters.flatMap((parameter, i) => {
        if (parameter.kind !== 'buffer') return [];
        const { extent, itemStride } = parameter.buffer;
        // Of a number of arrays, all memory after the first one.
        const view = new Float32Array(buffer, values[i], itemStride === undefined ? extent : undefined);
        return [{ name: parameter.name, view, isWritten: written.has(parameter.buffer) }];
      });
      const numbers = kernel.parameters.map(({ name }, i) => [name, values[i]] as const);
      const arrays = buffers.map(({ name, view }) => [name, view] as const);
      const results = interpret(kernel, Object.fromEntries([...numbers, ...arrays]));
      for (const { name, view, isWritten } of buffers) if (isWritten) view.set(results[name] as Float32Array);
    };
  const backend: Backend = {
    encode() {
      const encoder = new ModuleEncoder({ shared: true });
      const add = (kernel: Kernel) => {
        const number = encoder.add(kernel);
        kernels[number] = kernel;
        return number;
      };
      return { add, encode: () => encoder.encode() };
    },
    bind(_module, exportNames, memory) {
      expect(exportNames).toHaveLength(kernels.length);
      const kernel = (number: number) => functionOf(memory, kernels[number] as Kernel);
      return {
        kernel,
        bind: (number, operands) => (bases) =>
          kernel(number)(...operands.map(({ region, offset }) => (bases[region] as number) + offset)),
      };
    },
  };
  return { backend, runs };
}

test('another back end runs all kernels of a plan, and computes the same bits', () => {
  const options = {
    model: sequential({ input: [5] }, [
      ...[dense({ units: 4 }), batchNorm1d({ sync: true }), relu(), dropout({ rate: 0.2 }), dense({ units: 3 })],
    ]),
    ...{ loss: softmaxCrossEntropy(), metrics: [accuracy()], batchSize: 24, maxShards: 2 },
    optimizer: adamW({ learningRate: 0.1, globalClipNorm: 0.1, averageDecay: 0.5 }),
  };
  const { backend, runs } = interpreting();
  const results = [new EngineGroup(options), new EngineGroup({ ...options, backend })].map((group) => {
    const inputs = tensorOf(randomNumbers(21 * 5, 'inputs'), [21, 5]);
    const batch = group.batchOf(
      inputs,
      Array.from({ length: 21 }, (_, i) => i % 3),
    );
    const scores = [group.train(batch), group.train(batch)];
    group.enterStep();
    const outputs = new Float32Array(21 * 3);
    group.engine().predictBlock(batch, 16, outputs, 0);
    group.engine().scoreShard(batch, 1, 0, 0);
    return { state: group.stateBits(), scores, outputs, lines: group.scoreLines(0, 1), plan: group.plan };
  });
  const [webAssembly, interpreted] = results;
  expect(interpreted).toEqual(webAssembly);
  expect(interpreted?.plan.module).toEqual(webAssembly?.plan.module);
  expect([...runs]).toEqual(expect.arrayContaining(['dense', 'denseWeightGradient', 'combineMoments', 'scatter']));
});
