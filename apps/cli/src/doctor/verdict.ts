// What follows from a diagnosis: whether Convoy can train, and a recommendation.
import type { Diagnosis } from '@convoy/trainer';

export interface Verdict {
  /** Whether Convoy can train on this machine with this Node. */
  readonly ready: boolean;
  readonly advice: string;
}

/** A smaller gain means that the processor has no 256-bit vectors, or that they are not faster. */
const MIN_GAIN = 1.1;

/**
 * @param parts those that were found
 * @param end why there are no others, if the examination ended early
 */
export function verdictOf(parts: Partial<Diagnosis>, end?: string): Verdict {
  const missing = missingFrom(parts) ?? end;
  if (missing !== undefined || !isWhole(parts)) {
    return { ready: false, advice: `Convoy cannot train here: ${missing ?? 'the examination did not end'}.` };
  }
  const { node, arch, wide, convolution } = parts;
  return { ready: true, advice: `Ready to train. ${adviceOnSimd(node, arch, wide, convolution)}` };
}

/** The first thing that is missing, and what to do. */
function missingFrom({ webAssembly, simd, sharedMemory, threads, training }: Partial<Diagnosis>): string | undefined {
  if (webAssembly === false) return 'this process has no WebAssembly. Start Node without --jitless';
  if (simd === false) return 'WebAssembly has no SIMD. Use another machine or another version of Node';
  if (sharedMemory?.available === false) return `no shared memory: ${sentence(sharedMemory.obstacle)}`;
  if (threads?.available === false) return `no worker threads: ${sentence(threads.obstacle)}`;
  return training?.available === false ? sentence(training.obstacle) : undefined;
}

/** Without the point at its end. */
const sentence = (text: string): string => text.replace(/\.$/, '');

const isWhole = (parts: Partial<Diagnosis>): parts is Diagnosis => parts.training?.available === true;

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
