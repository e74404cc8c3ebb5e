// What follows from a diagnosis: whether Convoy can train, and a recommendation.
import type { Diagnosis } from '@convoy/trainer';

export interface Verdict {
  /** Whether Convoy can train on this machine with this Node. */
  readonly ready: boolean;
  readonly advice: string;
}

/** A smaller gain means that the processor has no 256-bit vectors, or that they are not faster. */
const MIN_GAIN = 1.1;

export function verdictOf({ node, arch, simd, sharedMemory, wide, convolution }: Diagnosis): Verdict {
  if (!simd || !sharedMemory) {
    const missing = simd ? 'shared memory' : 'SIMD';
    return {
      ready: false,
      advice: `Convoy cannot train here: WebAssembly has no ${missing}. Use another machine or another version of Node.`,
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
    if (gain < MIN_GAIN) return 'This processor gains nothing from --simd wide.';
    return `With --simd wide a convolution is ${gain.toFixed(1)} times as fast, with the same result.`;
  }
  if (arch !== 'x64') return '--simd wide works on x64 processors only.';
  if (!wide.available && wide.obstacle.startsWith('V8')) {
    return `Node ${node} works. Node 24 or later has --simd wide: up to 1.7 times as fast, with the same result.`;
  }
  return '--simd wide does not work here: Convoy refuses it where its bits differ. Everything else works.';
}
