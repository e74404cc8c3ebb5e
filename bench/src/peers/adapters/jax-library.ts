// The part of jax-js that the adapter uses, as types. Its functions consume their arguments; `.ref` keeps one for another use.

export interface JaxArray {
  readonly shape: readonly number[];
  /** The same array, for another use. */
  readonly ref: JaxArray;
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  sum(axis?: number): JaxArray;
  mean(axis?: readonly number[] | null, options?: { readonly keepdims: boolean }): JaxArray;
  max(): JaxArray;
  transpose(): JaxArray;
  reshape(shape: readonly number[]): JaxArray;
  dispose(): void;
  data(): Promise<Float32Array>;
}

export type Unary = (x: JaxArray) => JaxArray;
export type Sides = readonly (readonly [number, number])[];
export type Loss = (parameters: JaxArray[], x: JaxArray, y: JaxArray) => JaxArray;

export interface Jax {
  readonly init: (device: 'wasm') => Promise<readonly string[]>;
  readonly defaultDevice: (device: 'wasm') => void;
  readonly jit: <F>(f: F) => F;
  /** The value, and the gradients of the first argument. */
  readonly valueAndGrad: (f: Loss) => (...values: Parameters<Loss>) => [JaxArray, JaxArray[]];
  readonly blockUntilReady: (arrays: unknown) => Promise<unknown>;
  readonly numpy: {
    readonly array: (data: Float32Array) => JaxArray;
    readonly dot: (a: JaxArray, b: JaxArray) => JaxArray;
    readonly square: Unary;
    readonly sqrt: Unary;
    readonly reciprocal: Unary;
    readonly pad: (x: JaxArray, sides: Sides) => JaxArray;
    readonly zeros: (shape: readonly number[]) => JaxArray;
  };
  readonly lax: {
    readonly conv: (x: JaxArray, kernel: JaxArray, strides: readonly number[], padding: Sides) => JaxArray;
    readonly reduceWindow: (x: JaxArray, f: Unary, window: readonly number[], strides: readonly number[]) => JaxArray;
  };
  readonly nn: {
    readonly relu: Unary;
    readonly sigmoid: Unary;
    readonly logSoftmax: (x: JaxArray, axis: number) => JaxArray;
  };
}
