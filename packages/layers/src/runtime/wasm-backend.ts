// Binds the kernels of a WebAssembly module to a memory.
import type { Backend, BoundKernel, KernelBinder, KernelFunction } from './backend.ts';
import type { Address } from './plan.ts';

/** The functions of a module by their number, over a memory. */
export function instantiateKernels(
  module: WebAssembly.Module,
  exportNames: readonly string[],
  memory: WebAssembly.Memory,
): readonly KernelFunction[] {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exportNames.map((name) => exports[name] as KernelFunction);
}

export const bindWasm: Backend['bind'] = (module, exportNames, memory): KernelBinder => {
  const functions = instantiateKernels(module, exportNames, memory);
  const kernel = (number: number) => functions[number] as KernelFunction;
  return { kernel, bind: (number, operands) => bindOperands(kernel(number), operands) };
};

/** Written out by the number of operands: a call with spread arguments would allocate an array each time. */
function bindOperands(run: KernelFunction, operands: readonly Address[]): BoundKernel {
  const [a, b, c, d, e, f] = operands.map(
    ({ region, offset }) =>
      (bases: Int32Array) =>
        (bases[region] as number) + offset,
  );
  if (!a) return () => run();
  if (!b) return (bases) => run(a(bases));
  if (!c) return (bases) => run(a(bases), b(bases));
  if (!d) return (bases) => run(a(bases), b(bases), c(bases));
  if (!e) return (bases) => run(a(bases), b(bases), c(bases), d(bases));
  if (!f) return (bases) => run(a(bases), b(bases), c(bases), d(bases), e(bases));
  if (operands.length === 6) return (bases) => run(a(bases), b(bases), c(bases), d(bases), e(bases), f(bases));
  const values = operands.map(() => 0);
  return (bases) => {
    for (let i = 0; i < operands.length; i++) {
      const { region, offset } = operands[i] as Address;
      values[i] = (bases[region] as number) + offset;
    }
    Reflect.apply(run, undefined, values);
  };
}
