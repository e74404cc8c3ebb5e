// The module that the workers of a trainer run: as it is, or for wide vectors once these have been seen to compute the same bits here.
import { ConvoyError } from '@convoy/tensor';
import { firstDifference, type TestedPlan } from './self-test.ts';
import { compileWide, type Host, wideObstacle } from './wide-module.ts';

/** `strict` takes vectors of 128 bits, as WebAssembly has them; `wide` has V8 make vectors of 256 bits of them. The results are the same. */
export type Simd = 'strict' | 'wide';

/** What tests give other ones of. */
interface WideCompiler {
  readonly host: Host;
  readonly compile: (bytes: Uint8Array) => WebAssembly.Module;
}

/** @throws ConvoyError CONVOY_WIDE_UNAVAILABLE */
export function compileModule(
  tested: TestedPlan,
  simd: Simd,
  { host, compile }: WideCompiler = { host: process, compile: compileWide },
): WebAssembly.Module {
  const { module } = tested.plan;
  const strict = new WebAssembly.Module(module);
  if (simd === 'strict') return strict;
  const obstacle = wideObstacle(host);
  if (obstacle) throw unavailable(obstacle);
  const wide = compile(module);
  const difference = firstDifference(tested, strict, wide);
  if (difference) throw unavailable(`a self-test that found other bits in ${difference}`);
  return wide;
}

const unavailable = (obstacle: string): ConvoyError =>
  new ConvoyError('CONVOY_WIDE_UNAVAILABLE', {
    given: `simd: 'wide' and ${obstacle}`,
    expected: 'Node 24 or later on an x64 processor, whose wide vectors give the bits of strict ones',
    mend: "Take simd: 'strict', which gives the same results, or a newer Node; convoy doctor tells more.",
  });
