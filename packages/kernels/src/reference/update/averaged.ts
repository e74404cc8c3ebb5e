// The moving average of parameters, in float64.

/** a ← decay · a + (1 − decay) · w, where w are the parameters after a step and a starts as a copy of those before the first. */
export const movingAverage = (average: Float64Array, parameters: Float64Array, decay: number): Float64Array =>
  average.map((a, i) => decay * a + (1 - decay) * parameters[i]!);
