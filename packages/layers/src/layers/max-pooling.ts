// The calls and the reference of all layers of maximum pooling.
import {
  hasOverlappingWindows,
  identity,
  LANES,
  maxPool2d,
  maxPool2dInputGradient,
  maxPool2dWithIndices,
  type Pool2dShape,
  pointwiseGradient,
} from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { type Shape, sizeOf } from '@convoy/tensor';
import type { ReferenceLayer } from '../layer.ts';
import { type CompiledLayer, call, type LayerContext } from '../layer-context.ts';

export function compileMaxPooling(shape: Pool2dShape, context: LayerContext): CompiledLayer {
  const { input, output, x, y, outputGradient, inputGradient, inputActivation } = context;
  const inference = call(context.kernel(maxPool2d, shape), { x, y });
  if (!inputGradient) return { forward: [inference], backward: () => [] };
  const indices = context.scratch(LANES * sizeOf(output));
  // If windows overlap, a cell may be the maximum of several: the derivative is applied after their gradients have been added.
  const isDerivedAfterwards = inputActivation !== identity && hasOverlappingWindows(shape);
  const derivative = isDerivedAfterwards ? identity : inputActivation;
  const inputGradientKernel = context.kernel(maxPool2dInputGradient, shape, derivative);
  return {
    forward: [call(context.kernel(maxPool2dWithIndices, shape), { x, indices, y })],
    inference: [inference],
    backward: () => [
      call(inputGradientKernel, {
        indices,
        y: derivative === identity ? undefined : y,
        dy: outputGradient,
        dx: inputGradient,
      }),
      ...(isDerivedAfterwards
        ? [
            call(context.kernel(pointwiseGradient, sizeOf(input), inputActivation), {
              y: x,
              dy: inputGradient,
              dx: inputGradient,
            }),
          ]
        : []),
    ],
  };
}

export const referenceMaxPooling = <Settings>(
  shapeOf: (settings: Settings, input: Shape) => Pool2dShape,
): ReferenceLayer<Settings> => ({
  forward: (settings, [input], batch, [x]) => reference.maxPool2d(shapeOf(settings, input), batch, x),
  backward(settings, [input], batch, [x], _, outputGradient) {
    const shape = shapeOf(settings, input);
    const indices = reference.maxPool2dIndices(shape, batch, x);
    return { inputs: [reference.maxPool2dInputGradient(shape, batch, indices, outputGradient)], parameters: {} };
  },
});
