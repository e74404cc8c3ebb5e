// The order of the elements of an array in a file, and their positions in a data set, which is row-major with the
// channels first.
import { ConvoyError, formatShape, type Shape, stridesOf } from '@convoy/tensor';
import type { ArrayHeader, OpenedArray } from './array-header.ts';

/** The order of the dimensions of images in an array: channels first, or channels last as in Keras. */
export type Layout = 'NCHW' | 'NHWC';

/** Where the elements of an array go. */
export interface Placement {
  /** The shape of one sample in the data set. */
  readonly sampleShape: Shape;
  /** The position of each element, in the order of the file; undefined if that order is the order of the positions. */
  readonly positions: (() => number) | undefined;
}

/**
 * Where inputs go. [N] are samples of one number, [N, H, W] are images of one channel, and arrays of 4 dimensions or
 * more have channels, where `layout` says.
 * @throws ConvoyError CONVOY_INVALID_OPTION if there are channels, and no layout
 */
export function placeInputs({ header, source }: OpenedArray, layout: Layout | undefined): Placement {
  const { shape } = header;
  const [, ...sample] = shape;
  if (sample.length === 0) return { sampleShape: [1], positions: undefined };
  if (sample.length === 2) return { sampleShape: [1, ...sample], positions: positionsOf(header) };
  if (sample.length < 3) return { sampleShape: sample, positions: positionsOf(header) };
  if (layout === undefined) throw unknownLayout(source.description, shape);
  if (layout === 'NCHW') return { sampleShape: sample, positions: positionsOf(header) };
  const channels = sample.at(-1) as number;
  return { sampleShape: [channels, ...sample.slice(0, -1)], positions: positionsOf(header, shape.length - 1) };
}

/** Where values go: they keep the shape of their samples; [N] is one number for each sample. */
export const placeValues = ({ header }: OpenedArray): Placement => {
  const [, ...sample] = header.shape;
  return { sampleShape: sample.length === 0 ? [1] : sample, positions: positionsOf(header) };
};

/**
 * Where labels go: [N] and [N, 1] are one label for each sample, and other labels are those of pixels.
 * @throws ConvoyError CONVOY_INVALID_DATA for several labels without an image, which are one-hot labels
 */
export const placeLabels = ({ header, source }: OpenedArray): Placement => {
  const [, ...sample] = header.shape;
  if (sample.length !== 1) return { sampleShape: sample, positions: positionsOf(header) };
  if (sample[0] === 1) return { sampleShape: [], positions: undefined };
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `labels of shape ${formatShape(header.shape)} in ${source.description}`,
    expected: 'labels [samples] or [samples, 1], or labels of pixels [samples, height, width]',
    fix: 'Convert one-hot labels to the numbers of classes, for example with numpy.argmax(y, axis=1).',
  });
};

/** @param channels the dimension that becomes the second one */
function positionsOf({ shape, fortranOrder }: ArrayHeader, channels = 1): (() => number) | undefined {
  const dimensions = shape.map((_, dimension) => dimension);
  if (shape.length > 2) dimensions.splice(1, 0, ...dimensions.splice(channels, 1));
  const strides = stridesOf(dimensions.map((dimension) => shape[dimension] as number));
  const strideOf = shape.map((_, dimension) => strides[dimensions.indexOf(dimension)] as number);
  const loops = shape.map((extent, dimension) => ({ extent, stride: strideOf[dimension] as number }));
  // A dimension of one element moves nothing.
  const moving = (fortranOrder ? loops.toReversed() : loops).filter(({ extent }) => extent > 1);
  const isInOrder = moving.every(({ stride }, i) => i === 0 || stride < (moving[i - 1] as Loop).stride);
  return isInOrder ? undefined : counter(moving);
}

interface Loop {
  readonly extent: number;
  readonly stride: number;
}

/** The positions that nested loops visit, the last loop innermost. */
function counter(loops: readonly Loop[]): () => number {
  const counts = loops.map(() => 0);
  let next = 0;
  return () => {
    const position = next;
    for (let i = loops.length - 1; i >= 0; i--) {
      const { extent, stride } = loops[i] as Loop;
      const count = (counts[i] as number) + 1;
      next += stride;
      if (count < extent) {
        counts[i] = count;
        break;
      }
      counts[i] = 0;
      next -= stride * extent;
    }
    return position;
  };
}

const unknownLayout = (description: string, shape: Shape) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `no layout for ${description} of shape ${formatShape(shape)}`,
    expected: "layout: 'NHWC' for [samples, height, width, channels], or 'NCHW' for [samples, channels, height, width]",
    fix: 'The file does not tell where the channels are. Pass the layout.',
  });
