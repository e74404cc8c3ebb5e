// 2-d transposed convolution and its gradients. The bias gradient is `conv2dBiasGradient`.
import {
  CONV2D_SCRATCH_FLOATS,
  type Conv2dShape,
  conv2dTransposeInputGradient as conv2dTransposeInputGradientKernel,
  conv2dTranspose as conv2dTransposeKernel,
  conv2dWeightGradient,
} from '@convoy/kernels';
import { checkOptions } from '../checks/check-options.ts';
import { ConvoyError } from '../errors/errors.ts';
import {
  checkOutputPadding,
  type TransposedConvolutionOptions,
  transposedConvolutionChecks,
  transposedConvolutionShape,
} from '../options/transposed-convolution.ts';
import { formatShape, type Shape, sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { call } from './call.ts';
import { engine } from './engine.ts';
import { expectShape, extentsOfShape, shapeOf } from './operands.ts';
import { samples, shared } from './routine.ts';

/**
 * Transposed convolution, like torch.nn.ConvTranspose2d. Every x[n, c, i, j] adds kernel[c] · x[n, c, i, j] to a window
 * of the output:
 * y[n, f₀ + f, row, column] = bias[f₀ + f] + Σ kernel[c, f, p, q] · x[n, c, i, j] over all c, i, j, p, q with
 * row = i·strideY − top + p·dilationY and column = j·strideX − left + q·dilationX, where f₀ is the first filter of the
 * group of c.
 *
 * @param x [N, channels, height, width]
 * @param kernel [channels, filters / groups, kernelHeight, kernelWidth]
 * @param bias [filters]; default zeros
 * @returns [N, filters, (height − 1)·strideY − top − bottom + dilationY·(kernelHeight − 1) + 1 + outputPadding,
 * likewise for the width]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_OPTION
 */
export function conv2dTranspose(
  x: Tensor,
  kernel: Tensor,
  bias?: Tensor,
  options?: TransposedConvolutionOptions,
): Tensor {
  const { batch, shape, output } = problemOf(shapeOf('x', x), shapeOf('kernel', kernel), options);
  const useBias = bias !== undefined;
  if (useBias) expectShape('bias', bias, [shape.inChannels], 'one number per filter');
  const data = { x: x.data, kernel: kernel.data, bias: bias?.data };
  const { y } = engine.run(['conv2dTranspose', shape, useBias], batch, data, () => ({
    inputs: { x: samples(x.size / batch), kernel: shared(kernel.size), bias: bias && shared(bias.size) },
    outputs: { y: samples(sizeOf(output) / batch) },
    calls: [call(conv2dTransposeKernel(shape, { useBias }), { x: 'x', w: 'kernel', bias: 'bias', y: 'y' })],
  }));
  return new Tensor(y, output);
}

/**
 * ∂E/∂x[n, c, i, j] = Σ kernel[c, f, p, q] · ∂E/∂y[n, f₀ + f, row, column] over f, p, q (see `conv2dTranspose`). This
 * is a convolution of ∂E/∂y.
 *
 * @param inputShape [N, channels, height, width]
 * @param kernel [channels, filters / groups, kernelHeight, kernelWidth]
 * @param outputGradient ∂E/∂y, with the shape that `conv2dTranspose` returns
 * @param options the options of `conv2dTranspose`
 * @returns [N, channels, height, width]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_SHAPE, CONVOY_INVALID_OPTION
 */
export function conv2dTransposeInputGradient(
  inputShape: Shape,
  kernel: Tensor,
  outputGradient: Tensor,
  options?: TransposedConvolutionOptions,
): Tensor {
  const { batch, shape, output } = problemOf(inputShape, shapeOf('kernel', kernel), options);
  expectShape('outputGradient', outputGradient, output, 'the shape of the output');
  const data = { kernel: kernel.data, dy: outputGradient.data };
  const { dx } = engine.run(['conv2dTransposeInputGradient', shape], batch, data, () => ({
    inputs: { kernel: shared(kernel.size), dy: samples(outputGradient.size / batch) },
    outputs: { dx: samples(sizeOf(inputShape) / batch) },
    calls: [call(conv2dTransposeInputGradientKernel(shape), { dy: 'dy', w: 'kernel', dx: 'dx' })],
  }));
  return new Tensor(dx, inputShape);
}

/**
 * ∂E/∂kernel[c, f, p, q] = Σ x[n, c, i, j] · ∂E/∂y[n, f₀ + f, row, column] over n, i, j (see `conv2dTranspose`).
 *
 * @param x [N, channels, height, width]
 * @param kernelShape [channels, filters / groups, kernelHeight, kernelWidth]
 * @param outputGradient ∂E/∂y, with the shape that `conv2dTranspose` returns
 * @param options the options of `conv2dTranspose`
 * @returns [channels, filters / groups, kernelHeight, kernelWidth]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_SHAPE, CONVOY_INVALID_OPTION
 */
export function conv2dTransposeWeightGradient(
  x: Tensor,
  kernelShape: Shape,
  outputGradient: Tensor,
  options?: TransposedConvolutionOptions,
): Tensor {
  const { batch, shape, output } = problemOf(shapeOf('x', x), kernelShape, options);
  expectShape('outputGradient', outputGradient, output, 'the shape of the output');
  const data = { x: x.data, dy: outputGradient.data };
  const { dKernel } = engine.run(['conv2dTransposeWeightGradient', shape], batch, data, () => ({
    inputs: { x: samples(x.size / batch), dy: samples(outputGradient.size / batch) },
    outputs: { dKernel: shared(sizeOf(kernelShape)) },
    scratch: { sums: shared(CONV2D_SCRATCH_FLOATS) },
    // In the convolution whose input gradient this is, dy is the input and x is the output gradient.
    calls: [call(conv2dWeightGradient(shape, true), { x: 'dy', dy: 'x', scratch: 'sums', dw: 'dKernel' })],
  }));
  return new Tensor(dKernel, kernelShape);
}

interface Problem {
  readonly batch: number;
  /** The convolution whose input gradient this transposed convolution is. */
  readonly shape: Conv2dShape;
  readonly output: Shape;
}

function problemOf(inputShape: Shape, kernelShape: Shape, options: TransposedConvolutionOptions | undefined): Problem {
  const [batch, ...input] = extentsOfShape('x', inputShape, ['N', 'channels', 'height', 'width']);
  const dimensions = ['channels', 'filters / groups', 'kernelHeight', 'kernelWidth'] as const;
  const [kernelChannels, groupFilters, ...window] = extentsOfShape('kernel', kernelShape, dimensions);
  if (kernelChannels !== input[0]) {
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `kernel of shape ${formatShape(kernelShape)} for x of shape ${formatShape(inputShape)}`,
      expected: `a kernel of ${input[0]} channels, [channels, filters / groups, kernelHeight, kernelWidth]`,
      fix: 'Correct the shape of the kernel or of x.',
    });
  }
  const settings = checkOutputPadding({
    kernel: window,
    ...checkOptions('conv2dTranspose', options, transposedConvolutionChecks),
  });
  const filters = groupFilters * settings.groups;
  const shape = transposedConvolutionShape(settings, filters, input);
  return { batch, shape, output: [batch, filters, shape.height, shape.width] };
}
