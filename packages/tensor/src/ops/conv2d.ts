// 2-d convolution and its gradients. Gradients take the operands of the convolution that their formula needs, in the
// same order. Where a formula needs only the shape of an operand, the gradient takes the shape instead.
import {
  type Conv2dShape,
  type ConvolutionFamily,
  convolutionKernels,
  outputHeight,
  outputWidth,
} from '@convoy/kernels';
import { checkOptions } from '../checks/check-options.ts';
import { ConvoyError } from '../errors/errors.ts';
import { type ConvolutionOptions, convolutionChecks, convolutionShape } from '../options/convolution.ts';
import { formatShape, type Shape, sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { biasGradient } from './bias-gradient.ts';
import { call } from './call.ts';
import { engine } from './engine.ts';
import { expectShape, extentsOf, extentsOfShape, shapeOf } from './operands.ts';
import { samples, shared } from './routine.ts';

/**
 * Convolution, in the sense of cross-correlation:
 * y[n, f, i, j] = bias[f] + Σ kernel[f, c, p, q] · x[n, c₀ + c, row, column] over c, p, q with
 * row = i·strideY − top + p·dilationY and column = j·strideX − left + q·dilationX, where x is 0 outside of its planes
 * and c₀ is the first channel of the group of f.
 *
 * Kernels with 2 to 5 rows and columns use the Winograd algorithm where it is faster, here and in the gradients. Its
 * rounding errors are about twice as large.
 *
 * ```ts
 * const x = zeros([8, 3, 32, 32]);
 * const kernel = full([16, 3, 3, 3], 0.1);
 * conv2d(x, kernel, undefined, { padding: 'same' }).shape; // [8, 16, 32, 32]
 * ```
 *
 * @param x [N, channels, height, width]
 * @param kernel [filters, channels / groups, kernelHeight, kernelWidth]
 * @param bias [filters]; default zeros
 * @returns [N, filters, ⌊(height + top + bottom − dilationY·(kernelHeight − 1) − 1) / strideY⌋ + 1, likewise for the
 * width]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_OPTION
 */
export function conv2d(x: Tensor, kernel: Tensor, bias?: Tensor, options?: ConvolutionOptions): Tensor {
  const { batch, shape, output } = problemOf(shapeOf('x', x), shapeOf('kernel', kernel), options);
  const useBias = bias !== undefined;
  if (useBias) expectShape('bias', bias, [shape.outChannels], 'one number per filter');
  const data = { x: x.data, kernel: kernel.data, bias: bias?.data };
  const { y } = engine.run(['conv2d', shape, useBias], batch, data, () => {
    const { forward } = convolutionKernels(shape);
    return {
      inputs: { x: samples(inputSize(shape)), kernel: shared(kernel.size), bias: bias && shared(bias.size) },
      outputs: { y: samples(outputSize(shape)) },
      scratch: scratchOf(forward),
      calls: [
        call(forward.family(shape, { useBias }), { x: 'x', w: 'kernel', bias: 'bias', scratch: 'scratch', y: 'y' }),
      ],
    };
  });
  return new Tensor(y, output);
}

/**
 * ∂E/∂x[n, c₀ + c, row, column] = Σ kernel[f, c, p, q] · ∂E/∂y[n, f, i, j] over all f, p, q, i, j that belong to this
 * row and column (see `conv2d`). With stride 1, this is the full correlation of ∂E/∂y with the flipped kernel.
 *
 * @param inputShape [N, channels, height, width]
 * @param kernel [filters, channels / groups, kernelHeight, kernelWidth]
 * @param outputGradient ∂E/∂y, with the shape that `conv2d` returns
 * @param options the options of `conv2d`
 * @returns [N, channels, height, width]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_SHAPE, CONVOY_INVALID_OPTION
 */
export function conv2dInputGradient(
  inputShape: Shape,
  kernel: Tensor,
  outputGradient: Tensor,
  options?: ConvolutionOptions,
): Tensor {
  const { batch, shape, output } = problemOf(inputShape, shapeOf('kernel', kernel), options);
  expectShape('outputGradient', outputGradient, output, 'the shape of the output');
  const data = { kernel: kernel.data, dy: outputGradient.data };
  const { dx } = engine.run(['conv2dInputGradient', shape], batch, data, () => {
    const { inputGradient } = convolutionKernels(shape);
    return {
      inputs: { kernel: shared(kernel.size), dy: samples(outputSize(shape)) },
      outputs: { dx: samples(inputSize(shape)) },
      scratch: scratchOf(inputGradient),
      calls: [call(inputGradient.family(shape), { dy: 'dy', w: 'kernel', scratch: 'scratch', dx: 'dx' })],
    };
  });
  return new Tensor(dx, inputShape);
}

/**
 * ∂E/∂kernel[f, c, p, q] = Σ ∂E/∂y[n, f, i, j] · x[n, c₀ + c, row, column] over n, i, j (see `conv2d`).
 *
 * @param x [N, channels, height, width]
 * @param kernelShape [filters, channels / groups, kernelHeight, kernelWidth]
 * @param outputGradient ∂E/∂y, with the shape that `conv2d` returns
 * @param options the options of `conv2d`
 * @returns [filters, channels / groups, kernelHeight, kernelWidth]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_SHAPE, CONVOY_INVALID_OPTION
 */
export function conv2dWeightGradient(
  x: Tensor,
  kernelShape: Shape,
  outputGradient: Tensor,
  options?: ConvolutionOptions,
): Tensor {
  const { batch, shape, output } = problemOf(shapeOf('x', x), kernelShape, options);
  expectShape('outputGradient', outputGradient, output, 'the shape of the output');
  const data = { x: x.data, dy: outputGradient.data };
  const { dKernel } = engine.run(['conv2dWeightGradient', shape], batch, data, () => {
    const { weightGradient } = convolutionKernels(shape);
    return {
      inputs: { x: samples(inputSize(shape)), dy: samples(outputSize(shape)) },
      outputs: { dKernel: shared(sizeOf(kernelShape)) },
      scratch: scratchOf(weightGradient),
      calls: [call(weightGradient.family(shape, true), { x: 'x', dy: 'dy', scratch: 'scratch', dw: 'dKernel' })],
    };
  });
  return new Tensor(dKernel, kernelShape);
}

/**
 * ∂E/∂bias[f] = Σ ∂E/∂y[n, f, i, j] over n, i, j.
 *
 * @param outputGradient ∂E/∂y, [N, filters, height, width]
 * @returns [filters]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function conv2dBiasGradient(outputGradient: Tensor): Tensor {
  const dimensions = ['N', 'filters', 'height', 'width'] as const;
  const [batch, filters, height, width] = extentsOf('outputGradient', outputGradient, dimensions);
  return biasGradient(batch, filters, height * width, outputGradient.data);
}

function problemOf(inputShape: Shape, kernelShape: Shape, options: ConvolutionOptions | undefined) {
  const [batch, channels, ...plane] = extentsOfShape('x', inputShape, ['N', 'channels', 'height', 'width']);
  const dimensions = ['filters', 'channels / groups', 'kernelHeight', 'kernelWidth'] as const;
  const [filters, groupChannels, ...window] = extentsOfShape('kernel', kernelShape, dimensions);
  const settings = { kernel: window, ...checkOptions('conv2d', options, convolutionChecks) };
  const shape = convolutionShape(settings, filters, [channels, ...plane]);
  if (groupChannels * settings.groups !== channels) {
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `kernel of shape ${formatShape(kernelShape)} for x of shape ${formatShape(inputShape)}, groups: ${settings.groups}`,
      expected: `a kernel of ${channels / settings.groups} channels, [filters, channels / groups, kernelHeight, kernelWidth]`,
      fix: 'Correct the shape of the kernel or of x, or groups.',
    });
  }
  return { batch, shape, output: [batch, filters, outputHeight(shape), outputWidth(shape)] };
}

const scratchOf = ({ scratchFloats }: ConvolutionFamily<unknown>) => ({
  scratch: scratchFloats > 0 ? shared(scratchFloats) : undefined,
});

const inputSize = ({ inChannels, height, width }: Conv2dShape): number => inChannels * height * width;

const outputSize = (shape: Conv2dShape): number => shape.outChannels * outputHeight(shape) * outputWidth(shape);
