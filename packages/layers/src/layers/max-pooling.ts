// What a layer of maximum pooling does at its place, whatever says which its windows are.
import {
  hasOverlappingWindows,
  identity,
  LANES,
  maxPool2d,
  maxPool2dInputGradient,
  maxPool2dWithIndices,
  type Pool2dShape,
  pointwiseGradient,
  reference,
} from '@convoy/kernels';
import { type Shape, sizeOf } from '@convoy/tensor';
import type { ReferenceLayer } from '../layer.ts';
import type { CompiledLayer, Site } from '../layer-context.ts';

export function compileMaxPooling(shape: Pool2dShape, site: Site): CompiledLayer {
  const { input, output, x, y, outputGradient, inputGradient, inputActivation } = site;
  const inference = { kernel: site.kernel(maxPool2d, shape), places: [x, y] };
  if (!inputGradient) return { forward: [inference], backward: () => [] };
  const winners = site.scratch(LANES * sizeOf(output));
  const isDerivedBehind = inputActivation !== identity && hasOverlappingWindows(shape);
  const derivative = isDerivedBehind ? identity : inputActivation;
  const pooled = derivative === identity ? [winners] : [winners, y];
  const backward = [
    {
      kernel: site.kernel(maxPool2dInputGradient, shape, derivative),
      places: [...pooled, outputGradient, inputGradient],
    },
    // A cell that won several windows: the derivative is taken of the sum.
    ...(isDerivedBehind
      ? [
          {
            kernel: site.kernel(pointwiseGradient, sizeOf(input), inputActivation),
            places: [x, inputGradient, inputGradient],
          },
        ]
      : []),
  ];
  return {
    forward: [{ kernel: site.kernel(maxPool2dWithIndices, shape), places: [x, winners, y] }],
    inference: [inference],
    backward: () => backward,
  };
}

export const referenceMaxPooling = <Settings>(
  shapeOf: (settings: Settings, input: Shape) => Pool2dShape,
): ReferenceLayer<Settings> => ({
  forward: (settings, input, batch, x) => reference.maxPool2d(shapeOf(settings, input), batch, x),
  backward(settings, input, batch, x, _, outputGradient) {
    const shape = shapeOf(settings, input);
    const winners = reference.maxPool2dWinners(shape, batch, x);
    return { input: reference.maxPool2dInputGradient(shape, batch, winners, outputGradient), parameters: {} };
  },
});
