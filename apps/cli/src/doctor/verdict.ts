// What a diagnosis comes to.
import type { Diagnosis } from '@convoy/trainer';

export interface Verdict {
  /** Whether Convoy can train here. */
  readonly ready: boolean;
  readonly advice: string;
}

/** Below this the wide vectors of a processor are no faster, or it has none. */
const LEAST_GAIN = 1.1;

export function verdictOf({ node, arch, simd, sharedMemory, wide, convolution }: Diagnosis): Verdict {
  if (!simd || !sharedMemory) {
    const missing = simd ? 'memory that threads share' : 'SIMD';
    return {
      ready: false,
      advice: `Convoy cannot train here: WebAssembly has no ${missing}. Take another machine or Node.`,
    };
  }
  return { ready: true, advice: `Ready to train. ${adviceOnSimd(node, arch, wide, convolution)}` };
}

function adviceOnSimd(
  node: string,
  arch: string,
  wide: Diagnosis['wide'],
  { strict, wide: fast }: Diagnosis['convolution'],
): string {
  if (wide.available && strict !== null && fast !== null) {
    const gain = fast / strict;
    if (gain < LEAST_GAIN) return 'This processor gains nothing from --simd wide.';
    return `With --simd wide a convolution is ${gain.toFixed(1)} times as fast; the results are the same.`;
  }
  if (arch !== 'x64') return '--simd wide is for x64 processors only.';
  if (!wide.available && wide.obstacle.startsWith('V8')) {
    return `Node ${node} works; Node 24 or later is up to 1.7 times as fast, with --simd wide and the same results.`;
  }
  return 'Do not expect --simd wide here: it is refused wherever its bits differ. Everything else works.';
}
