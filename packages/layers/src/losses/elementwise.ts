// Losses that compare an output with targets of the same shape, element by element.
import type { ElementsShape, Kernel } from '@convoy/kernels';
import { type Shape, sizeOf } from '@convoy/tensor';
import { call } from '../layer-context.ts';
import type { LossDefinition } from '../loss.ts';

type Numbers = readonly [batch: number, prediction: Float64Array, targets: ArrayLike<number>, weights: Float64Array];

/** The parts of a loss's definition that follow from its kernel and its reference. The settings are the shape of the kernel without `elements`. */
export function elementwise<S extends ElementsShape>(
  kernel: (shape: S) => Kernel,
  loss: (shape: S, ...numbers: Numbers) => number,
  gradient: (shape: S, ...numbers: Numbers) => Float64Array,
): Pick<LossDefinition<Omit<S, 'elements'>>, 'checkOutput' | 'compile' | 'reference'> {
  const shapeOf = (settings: Omit<S, 'elements'>, output: Shape) => ({ ...settings, elements: sizeOf(output) }) as S;
  return {
    checkOutput: () => {},
    compile: (settings, { output, prediction, targets, sampleWeights, outputGradient, result }) => [
      call(kernel(shapeOf(settings, output)), {
        y: prediction,
        t: targets,
        weights: sampleWeights,
        dy: outputGradient,
        loss: result,
      }),
    ],
    reference: {
      loss: (settings, output, ...numbers) => loss(shapeOf(settings, output), ...numbers),
      gradient: (settings, output, ...numbers) => gradient(shapeOf(settings, output), ...numbers),
    },
  };
}
