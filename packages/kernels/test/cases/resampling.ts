// Upsampling, zero padding and cropping, and their input gradients.
import fc from 'fast-check';
import * as frames from '../../src/families/resampling/frame2d.ts';
import * as bilinear from '../../src/families/resampling/upsample-bilinear2d.ts';
import * as nearest from '../../src/families/resampling/upsample-nearest2d.ts';
import * as reference from '../../src/reference/index.ts';
import type { Frame2dShape, UpsampleNearest2dShape } from '../../src/shapes.ts';
import { frame2dShapes, seeds, upsample2dShapes } from '../shapes.ts';
import { type CheckedActivation, withProbe, withRelu, withTanh } from './activation-references.ts';
import { type KernelCases, kernelCases, type Problem } from './kernel-cases.ts';
import { forwardProblemOf, inputGradientProblemOf, type Sizes } from './planes.ts';

const upsampleSizes = ({ channels, height, width, scaleY, scaleX }: UpsampleNearest2dShape): Sizes => ({
  x: channels * height * width,
  y: channels * height * scaleY * width * scaleX,
});

const paddingSizes = ({ channels, height, width, top, left, bottom, right }: Frame2dShape): Sizes => ({
  x: channels * height * width,
  y: channels * (top + height + bottom) * (left + width + right),
});

const croppingSizes = (shape: Frame2dShape): Sizes => {
  const { x, y } = paddingSizes(shape);
  return { x: y, y: x };
};

/** One example for the mutants, the others with an activation that is not the probe. */
const casesOf = <S>(
  make: (shape: S, seed: number, activation?: CheckedActivation) => Problem,
  shapes: fc.Arbitrary<S>,
  examples: readonly S[],
  more: readonly S[] = [],
) =>
  kernelCases(make, {
    examples: [
      ...examples.map((shape) => ({ title: JSON.stringify(shape), problems: [[shape, 1, withProbe] as const] })),
      ...more.map((shape) => ({ title: 'large', problems: [[shape, 1] as const], mutants: false as const })),
      ...[withRelu, withTanh].map((activation) => ({
        title: activation.activation.name,
        problems: [[examples[0]!, 1, activation] as const],
        mutants: false as const,
      })),
    ],
    random: [{ arguments: fc.tuple(shapes, seeds) }],
  });

const magnified = { channels: 5, height: 3, width: 2, scaleY: 2, scaleX: 3 };
/** More copies than are unrolled. */
const manyCopies = { channels: 1, height: 2, width: 3, scaleY: 5, scaleX: 4, alignCorners: false };
const interpolated = [false, true].map((alignCorners) => ({ ...magnified, alignCorners }));
const framed: Frame2dShape = { channels: 2, height: 3, width: 2, top: 1, left: 2, bottom: 0, right: 1 };

export const resamplingCases = {
  upsampleNearest2d: casesOf(
    forwardProblemOf(nearest.upsampleNearest2d, reference.upsampleNearest2d, upsampleSizes),
    upsample2dShapes,
    [interpolated[0]!],
    [manyCopies],
  ),
  upsampleNearest2dInputGradient: casesOf(
    inputGradientProblemOf(
      nearest.upsampleNearest2dInputGradient,
      reference.upsampleNearest2dInputGradient,
      upsampleSizes,
    ),
    upsample2dShapes,
    [interpolated[0]!],
    [manyCopies],
  ),
  upsampleBilinear2d: casesOf(
    forwardProblemOf(bilinear.upsampleBilinear2d, reference.upsampleBilinear2d, upsampleSizes),
    upsample2dShapes,
    interpolated,
  ),
  upsampleBilinear2dInputGradient: casesOf(
    inputGradientProblemOf(
      bilinear.upsampleBilinear2dInputGradient,
      reference.upsampleBilinear2dInputGradient,
      upsampleSizes,
    ),
    upsample2dShapes,
    interpolated,
  ),
  zeroPad2d: casesOf(forwardProblemOf(frames.zeroPad2d, reference.zeroPad2d, paddingSizes), frame2dShapes, [framed]),
  zeroPad2dInputGradient: casesOf(
    inputGradientProblemOf(frames.zeroPad2dInputGradient, reference.crop2d, paddingSizes),
    frame2dShapes,
    [framed],
  ),
  crop2d: casesOf(forwardProblemOf(frames.crop2d, reference.crop2d, croppingSizes), frame2dShapes, [framed]),
  crop2dInputGradient: casesOf(
    inputGradientProblemOf(frames.crop2dInputGradient, reference.zeroPad2d, croppingSizes),
    frame2dShapes,
    [framed],
  ),
} satisfies Readonly<Record<string, KernelCases>>;
