// The table of kernel cases: for each exported family of kernels, examples and random problems with their references.
import type * as exported from '../../src/index.ts';
import type { Kernel } from '../../src/language/kernel.ts';
import { activationCases } from './activations.ts';
import { blockCases } from './blocks.ts';
import { convolutionCases } from './convolution.ts';
import { denseCases } from './dense.ts';
import type { Example, KernelCases } from './kernel-cases.ts';
import { lossCases } from './losses.ts';
import { mergeCases } from './merge.ts';
import { metricCases } from './metrics.ts';
import { normalizationCases } from './normalization.ts';
import { poolingCases } from './pooling.ts';
import { resamplingCases } from './resampling.ts';
import { updateCases } from './update.ts';

/** The exports that make kernels, except `kernel` itself. */
type FamilyName = Exclude<
  {
    [Name in keyof typeof exported]: (typeof exported)[Name] extends (...args: never) => infer Result
      ? Result extends Kernel
        ? Name
        : never
      : never;
  }[keyof typeof exported],
  'kernel'
>;

/**
 * An exported family without cases is a type error here; the kernels of families that are not exported are found by
 * table.test.ts.
 */
export const table: Readonly<Record<FamilyName, KernelCases>> = {
  ...activationCases,
  ...blockCases,
  ...convolutionCases,
  ...denseCases,
  ...lossCases,
  ...mergeCases,
  ...metricCases,
  ...normalizationCases,
  ...poolingCases,
  ...resamplingCases,
  ...updateCases,
};

/** All examples with their names. */
export const examples: readonly (Example & { readonly name: string })[] = Object.entries(table).flatMap(
  ([family, { examples }]) =>
    examples.map((example) => ({ ...example, name: [family, example.title].filter(Boolean).join(', ') })),
);
