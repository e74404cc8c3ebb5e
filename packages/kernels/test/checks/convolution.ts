// All forms of convolution against the twins of the direct one, and against its bits where they have them.
import { identity, relu } from '../../src/families/activations/activation.ts';
import {
  type ConvolutionFamily,
  type ConvolutionKernels,
  convolutionKernelsByAlgorithm,
} from '../../src/families/convolution/algorithms.ts';
import type { Kernel } from '../../src/language/kernel.ts';
import * as reference from '../../src/reference/index.ts';
import { type Conv2dShape, outputHeight, outputWidth } from '../../src/shapes.ts';
import { expectClose, expectSameBits, fromCells, run, SAMPLES, toCells, unchanged, values } from '../harness.ts';

interface Expectations {
  /** As of `expectClose`; by default its own. */
  readonly tolerance?: number;
  readonly hasDirectBits: boolean;
}

/** In each byte of scratch memory: large finite numbers, which no result may depend on. */
const GARBAGE = 0x70;

function checksOf(name: string, { tolerance, hasDirectBits }: Expectations) {
  /** What a form leaves in the last of its arguments, which is given with its numbers from before. */
  const computed = <K>(
    { scratchFloats }: ConvolutionFamily<K>,
    kernel: Kernel,
    given: readonly Float32Array[],
    result: Float32Array,
  ): Float32Array => {
    // Given as bytes, scratch memory is not compared: tilings leave different sums behind.
    const scratch = scratchFloats > 0 ? [new Uint8Array(4 * scratchFloats).fill(GARBAGE)] : [];
    return run(kernel, [...given, ...scratch, result]).at(-1) as Float32Array;
  };
  /** Runs a direction in this form, and in the direct one if the bits are those of that. */
  const check = <K>(
    shape: Conv2dShape,
    of: (forms: ConvolutionKernels) => ConvolutionFamily<K>,
    kernelOf: (family: K) => Kernel,
    change: typeof unchanged,
    given: readonly Float32Array[],
    result: Float32Array,
  ): Float32Array => {
    const forms = convolutionKernelsByAlgorithm(shape);
    const [form, direct] = [name, 'direct'].map((one) => of(forms.get(one) as ConvolutionKernels)) as [
      ConvolutionFamily<K>,
      ConvolutionFamily<K>,
    ];
    const actual = computed(form, change(kernelOf(form.family)), given, result);
    if (hasDirectBits) expectSameBits(actual, computed(direct, kernelOf(direct.family), given, result));
    return actual;
  };

  return {
    forward(shape: Conv2dShape, seed: number, useBias: boolean, activates: boolean, change = unchanged): void {
      const { x, w, b, dy } = convolutionData(shape, seed);
      const options = { useBias, activation: activates ? relu : identity };
      const given = [toCells(x), new Float32Array(w), ...(useBias ? [new Float32Array(b)] : [])];
      const y = check(
        shape,
        ({ forward }) => forward,
        (family) => family(shape, options),
        change,
        given,
        toCells(dy),
      );
      const expected = reference.conv2d(shape, SAMPLES, x, w, useBias ? b : undefined);
      expectClose(fromCells(y), activates ? reference.relu(expected) : expected, tolerance);
    },

    inputGradient(shape: Conv2dShape, seed: number, activates: boolean, change = unchanged): void {
      const { x, w, dy } = convolutionData(shape, seed);
      const activation = activates ? relu : identity;
      const made = activates ? reference.relu(x) : x;
      const given = [toCells(dy), new Float32Array(w), toCells(made)];
      const dx = check(
        shape,
        (forms) => forms.inputGradient,
        (family) => family(shape, activation),
        change,
        given,
        toCells(x),
      );
      const expected = reference.conv2dInputGradient(shape, SAMPLES, w, dy);
      expectClose(fromCells(dx), activates ? reference.reluGradient(made, expected) : expected, tolerance);
    },

    weightGradient(shape: Conv2dShape, seed: number, accumulate: boolean, change = unchanged): void {
      const { x, w, dy } = convolutionData(shape, seed);
      const given = [toCells(x), toCells(dy)];
      const before = new Float32Array(w);
      const dw = check(
        shape,
        (forms) => forms.weightGradient,
        (family) => family(shape, accumulate),
        change,
        given,
        before,
      );
      const expected = reference.conv2dWeightGradient(shape, SAMPLES, x, dy);
      expectClose(dw, accumulate ? expected.map((g, i) => g + w[i]!) : expected, tolerance);
    },
  };
}

export const direct = checksOf('direct', { hasDirectBits: false });
export const pointwise = checksOf('pointwise', { hasDirectBits: true });
export const depthwise = checksOf('depthwise', { hasDirectBits: true });
/** Sums are rounded in other places than those of the direct form: see the bound in docs/decisions. */
export const winograd = checksOf('Winograd', { hasDirectBits: false, tolerance: 4e-6 });

/** Random numbers for all arrays of a convolution. */
function convolutionData(shape: Conv2dShape, seed: number) {
  const { inChannels, outChannels, groups, height, width, kernelHeight, kernelWidth } = shape;
  return {
    x: values(SAMPLES * inChannels * height * width, seed, 1),
    w: values(outChannels * (inChannels / groups) * kernelHeight * kernelWidth, seed, 2),
    b: values(outChannels, seed, 3),
    dy: values(SAMPLES * outChannels * outputHeight(shape) * outputWidth(shape), seed, 4),
  };
}
