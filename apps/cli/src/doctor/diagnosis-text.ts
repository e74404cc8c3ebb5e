// A diagnosis as text for people.
import { formatTable } from '@convoy/tensor/table';
import type { Diagnosis } from '@convoy/trainer';
import type { Verdict } from './verdict.ts';

const GIBIBYTE = 2 ** 30;

export function formatDiagnosis(diagnosis: Diagnosis, { advice }: Verdict): string {
  const { node, v8, processor, platform, arch, cores, memory, simd, sharedMemory, threads, convolution } = diagnosis;
  const rows = [
    ['Node', `${node}, V8 ${v8}`],
    ['machine', `${processor}, ${platform} ${arch}`],
    ['cores', `${cores}`],
    ['memory', `${gibibytes(memory.available)} of ${gibibytes(memory.total)} available`],
    ['SIMD', yesOrNo(simd)],
    ['shared memory', yesOrNo(sharedMemory)],
    [
      'threads',
      `start in ${threads.startMilliseconds.toFixed(0)} ms, meet in ${threads.barrierMicroseconds.toFixed(1)} µs`,
    ],
    ['wide SIMD', wideText(diagnosis.wide)],
    ['one core', speedText(convolution)],
  ] as const;
  return `${formatTable(rows, { left: [0, 1] })}\n\n${advice}`;
}

const gibibytes = (bytes: number): string => `${(bytes / GIBIBYTE).toFixed(1)} GiB`;

const yesOrNo = (value: boolean): string => (value ? 'yes' : 'no');

const wideText = (wide: Diagnosis['wide']): string =>
  wide.available ? 'yes, with the same bits as strict SIMD in a self-test' : `no: ${wide.obstacle}`;

function speedText({ strict, wide }: Diagnosis['convolution']): string {
  if (strict === null) return 'no convolution';
  return `convolution at ${strict.toFixed(0)} GFLOP/s${wide === null ? '' : `, wide at ${wide.toFixed(0)}`}`;
}
