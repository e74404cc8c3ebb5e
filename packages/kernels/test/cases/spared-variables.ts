// Variables that mutants of losses and metrics leave unchanged.

/**
 * The results of elementary functions, by the names of variables. Their errors matter where results are so small or so
 * large that a comparison of a whole kernel does not notice; math/elementary.test.ts pins their bits.
 */
export const ELEMENTARY: ReadonlySet<string> = new Set(
  'clamped n r half x normal m e t square z u power near logarithmOfSum probability'.split(' '),
);
