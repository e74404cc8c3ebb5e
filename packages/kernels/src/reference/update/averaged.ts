// Reference of the moving average of parameters, in float64.

/** a ← decay · a + (1 − decay) · w, where w are the parameters after a step. a starts as a copy of the parameters. */
export const movingAverage = (average: Float64Array, parameters: Float64Array, decay: number): Float64Array =>
  average.map((a, i) => decay * a + (1 - decay) * parameters[i]!);
