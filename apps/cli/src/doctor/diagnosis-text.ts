// A diagnosis as text for people.
import { formatTable } from '@convoy/tensor/table';
import type { Availability, Diagnosis } from '@convoy/trainer';
import type { Verdict } from './verdict.ts';

const GIBIBYTE = 2 ** 30;

/** What was found, in a table, and the advice. */
export function formatDiagnosis(parts: Partial<Diagnosis>, { advice }: Verdict): string {
  const { node, v8, processor, platform, arch, cores, memory } = parts;
  const rows: readonly (readonly [name: string, text: string | undefined])[] = [
    ['Node', node && `${node}, V8 ${v8}`],
    ['machine', processor && `${processor}, ${platform} ${arch}`],
    ['cores', cores === undefined ? undefined : `${cores}`],
    ['memory', memory && `${gibibytes(memory.available)} of ${gibibytes(memory.total)} available`],
    ['WebAssembly', shown(parts.webAssembly, yesOrNo)],
    ['SIMD', shown(parts.simd, yesOrNo)],
    ['shared memory', shown(parts.sharedMemory, available('yes'))],
    ['wide SIMD', shown(parts.wide, available('yes, with the same bits as strict SIMD in a self-test'))],
    ['one core', shown(parts.convolution, speedText)],
    ['threads', shown(parts.threads, threadsText)],
    ['training', shown(parts.training, available('a step of LeNet-5 on all cores'))],
  ];
  const found = rows.filter((row): row is [string, string] => row[1] !== undefined);
  return found.length === 0 ? advice : `${formatTable(found, { left: [0, 1] })}\n\n${advice}`;
}

const shown = <T>(part: T | undefined, text: (part: T) => string): string | undefined =>
  part === undefined ? undefined : text(part);

const gibibytes = (bytes: number): string => `${(bytes / GIBIBYTE).toFixed(1)} GiB`;

const yesOrNo = (value: boolean): string => (value ? 'yes' : 'no');

const available =
  (yes: string) =>
  (part: Availability): string =>
    part.available ? yes : `no: ${part.obstacle}`;

function threadsText(threads: Diagnosis['threads']): string {
  if (!threads.available) return `no: ${threads.obstacle}`;
  return `start in ${threads.startMilliseconds.toFixed(0)} ms, meet in ${threads.barrierMicroseconds.toFixed(1)} µs`;
}

function speedText({ strict, wide }: Diagnosis['convolution']): string {
  if (strict === null) return 'no convolution';
  return `convolution at ${strict.toFixed(0)} GFLOP/s${wide === null ? '' : `, wide at ${wide.toFixed(0)}`}`;
}
