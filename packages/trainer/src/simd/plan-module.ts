// The module that the workers of a trainer run: strict, or wide after a self-test has shown that both compute the same bits on this machine.
import { ConvoyError } from '@convoy/tensor';
import { compileWebAssembly } from '@convoy/tensor/webassembly';
import type { Simd } from '../shared/simd.ts';
import { differingStep, type TestedPlan } from './self-test.ts';
import { compileWide, type Host, wideObstacle } from './wide-module.ts';

/** What compiles wide modules; tests pass other compilers. */
interface WideCompiler {
  readonly host: Host;
  readonly compile: (bytes: Uint8Array) => WebAssembly.Module;
}

const HERE: WideCompiler = { host: process, compile: compileWide };

/**
 * @param memory for the self-test; all zeros before and after it
 * @throws ConvoyError CONVOY_WIDE_UNAVAILABLE, CONVOY_WEBASSEMBLY_UNAVAILABLE
 */
export function compileModule(
  tested: TestedPlan,
  simd: Simd,
  memory?: WebAssembly.Memory,
  compiler: WideCompiler = HERE,
): WebAssembly.Module {
  const strict = compileWebAssembly(tested.plan.module);
  if (simd === 'strict') return strict;
  const wide = tryWide(tested, strict, memory, compiler);
  if (wide instanceof WebAssembly.Module) return wide;
  throw new ConvoyError('CONVOY_WIDE_UNAVAILABLE', {
    given: `simd: 'wide' and ${wide.obstacle}`,
    expected: 'Node 24 or later on an x64 processor, whose wide vectors give the bits of strict ones',
    fix: "Take simd: 'strict', which gives the same results, or a newer Node; convoy doctor tells more.",
  });
}

/** The plan's module for wide vectors, after its self-test, or why there is none. */
export function tryWide(
  tested: TestedPlan,
  strict: WebAssembly.Module,
  memory?: WebAssembly.Memory,
  { host, compile }: WideCompiler = HERE,
): WebAssembly.Module | { readonly obstacle: string } {
  const obstacle = wideObstacle(host);
  if (obstacle) return { obstacle };
  const wide = compile(tested.plan.module);
  const step = differingStep(tested, strict, wide, memory);
  return step ? { obstacle: `a self-test that found other bits after step ${step}` } : wide;
}
