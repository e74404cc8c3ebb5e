// Compiles the kernel that brings samples into a workspace: it turns rows of a data set into a normalized block.
import { encodeModule, gather, LANES } from '@convoy/kernels';
import { type Shape, sizeOf } from '@convoy/tensor';
import { compileWebAssembly } from '@convoy/tensor/webassembly';
import type { GatherModule } from '../runtime/gather-runner.ts';

/** How a data set stores its samples, and the normalization x · scale + offset for each channel, the first dimension. */
export interface SampleEncoding {
  readonly source: 'u8' | 'f32';
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/** Samples that need no normalization. */
export const plainSamples = (input: Shape): SampleEncoding => ({
  source: 'f32',
  scale: Array<number>(input[0] ?? 1).fill(1),
  offset: Array<number>(input[0] ?? 1).fill(0),
});

/** @throws ConvoyError CONVOY_WEBASSEMBLY_UNAVAILABLE */
export function compileGather(input: Shape, encoding: SampleEncoding): GatherModule {
  const channels = input[0] ?? 1;
  const kernel = gather({ ...encoding, channels, area: sizeOf(input) / channels });
  const { bytes, exportNames, guardBytes } = encodeModule([kernel], { shared: true });
  return { module: compileWebAssembly(bytes), exportNames, guardBytes };
}

/** Bytes of the rows of one block. */
export const rowsBytes = (input: Shape, { source }: SampleEncoding): number =>
  LANES * sizeOf(input) * (source === 'u8' ? 1 : 4);
