// The numbers of the worked example: inputs and expected results, computed by hand and in float64 without this code.
import { tensor } from '@convoy/tensor';

/** o, (1, 1, 5, 5) */
export const input = tensor([
  [0.51, 0.9, 0.88, 0.84, 0.05],
  [0.4, 0.62, 0.22, 0.59, 0.1],
  [0.11, 0.2, 0.74, 0.33, 0.14],
  [0.47, 0.01, 0.85, 0.7, 0.09],
  [0.76, 0.19, 0.72, 0.17, 0.57],
]).reshape([1, 1, 5, 5]);

/** w of the convolution, (1, 1, 2, 2) */
export const kernel = tensor([
  [-0.13, 0.15],
  [-0.51, 0.62],
]).reshape([1, 1, 2, 2]);

/** The weights of the neurons H1 and H2 (rows) for the four pooled values, (2, 4) */
export const weights = tensor([
  [0.61, 0.82, 0.96, -1],
  [0.02, -0.5, 0.23, 0.17],
]);

/** The output gradients δH1 and δH2. */
export const neuronDeltas = [0.25, -0.15];

/** The maxima of the four windows, and their positions in the 4×4 map. */
export const maxima = [0.3092, 0.2652, 0.6069, 0.1892];
export const places = [
  [1, 1],
  [0, 2],
  [2, 1],
  [3, 3],
] as const;

/** To five digits. */
export const activated = [0.57669, 0.56591, 0.64723, 0.54716];

/** With the sigmoids rounded to two digits, as in a calculation by hand. */
export const rounded = {
  activated: [0.58, 0.57, 0.65, 0.55],
  deltas: [0.0364182, 0.068628, 0.04675125, -0.06818625],
  weightGradient: [0.044591799, 0.0941186865, 0.01125765, 0.068312388],
};

/** With the deltas truncated to four digits too. */
export const roundedTwice = {
  deltas: [0.0364, 0.0686, 0.0467, -0.0681],
  weightGradient: [0.044606, 0.094061, 0.011262, 0.068288],
};

/** Without any rounding. */
export const exact = {
  deltas: [0.03649573776280086, 0.06878349152047177, 0.04692024243860495, -0.06826228539244766],
  weightGradient: [0.04475727866395933, 0.09438456890425985, 0.011296129594733906, 0.06856180934067002],
  biasGradient: [0.08393718632942992],
  /** (5, 5), to eight digits */
  inputGradient: [
    [0, 0, -0.00894185, 0.01031752, 0],
    [0, -0.00474445, -0.02960522, 0.04264576, 0],
    [0, -0.02471246, 0.02966539, 0, 0],
    [0, -0.02392932, 0.02909055, 0.0088741, -0.01023934],
    [0, 0, 0, 0.03481377, -0.04232262],
  ].flat(),
};

/** The 4×4 map that the pooling makes of four deltas. */
export function deltaMap(deltas: readonly number[]): Float64Array {
  const map = new Float64Array(16);
  for (const [i, [row, column]] of places.entries()) map[4 * row + column] = deltas[i] as number;
  return map;
}
