// Jobs of convolutions and their gradients, on layers of the networks of `bench:peers` and of MobileNet.
import {
  type Conv2dShape,
  type ConvolutionFamily,
  channelSums,
  convolutionKernelsByAlgorithm,
  LANES,
  outputHeight,
  outputWidth,
  relu,
} from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import {
  type KernelJob,
  kernelJob,
  once,
  parameters,
  resultCells,
  resultNumbers,
  SAMPLES,
  samples,
  scratch,
  uniforms,
} from './job.ts';

const layers: readonly Conv2dShape[] = [
  square({ inChannels: 1, outChannels: 6, kernel: 5, size: 28, padding: 2 }),
  square({ inChannels: 6, outChannels: 16, kernel: 5, size: 14, padding: 0 }),
  square({ inChannels: 3, outChannels: 32, kernel: 3, size: 32, padding: 1 }),
  square({ inChannels: 32, outChannels: 32, kernel: 3, size: 32, padding: 1 }),
  square({ inChannels: 64, outChannels: 64, kernel: 3, size: 16, padding: 1 }),
  square({ inChannels: 32, outChannels: 64, kernel: 1, size: 16, padding: 0 }),
  square({ inChannels: 16, outChannels: 32, kernel: 3, size: 32, padding: 1, stride: 2 }),
  square({ inChannels: 64, outChannels: 64, kernel: 3, size: 16, padding: 1, groups: 64 }),
  square({ inChannels: 64, outChannels: 64, kernel: 3, size: 16, padding: 1, groups: 64, stride: 2 }),
];

/** The float64 reference of larger layers takes seconds. */
const QUICK_MULTIPLY_ADDS = 1e6;

/** @param quick only layers of at most a million multiply-adds per sample, which all algorithms still have */
export const convolutionJobs = (quick: boolean): readonly KernelJob[] =>
  layers.filter((shape) => !quick || multiplyAdds(shape) <= QUICK_MULTIPLY_ADDS).flatMap(jobsOf);

/** The multiply-adds of one sample in a direct convolution. Padding counts, as in other libraries. */
const multiplyAdds = (shape: Conv2dShape): number => weightCount(shape) * outputHeight(shape) * outputWidth(shape);

const weightCount = ({ inChannels, outChannels, kernelHeight, kernelWidth, groups }: Conv2dShape): number =>
  (outChannels * inChannels * kernelHeight * kernelWidth) / groups;

/** The three kernels, with the parts that a plan fuses into them: bias and ReLU forward, the mask of ReLU in the input gradient. */
function jobsOf(shape: Conv2dShape): readonly KernelJob[] {
  const { inChannels, outChannels, height, width, groups } = shape;
  const inputs = inChannels * height * width;
  const area = outputHeight(shape) * outputWidth(shape);
  const outputs = outChannels * area;
  const weights = weightCount(shape);
  const x = reference.relu(uniforms(SAMPLES * inputs, 'x'));
  const dy = uniforms(SAMPLES * outputs, 'dy');
  const w = uniforms(weights, 'w');
  const bias = uniforms(outChannels, 'bias');
  const group = `${groups > 1 ? 'depthwise' : 'conv2d'} ${label(shape)}`;
  const work = { unit: 'GFLOP/s', amount: 2 * SAMPLES * multiplyAdds(shape) } as const;
  // All algorithms of a direction are compared with the same reference.
  const forwardReference = once(() => reference.relu(reference.conv2d(shape, SAMPLES, x, w, bias)));
  const inputReference = once(() => reference.reluGradient(x, reference.conv2dInputGradient(shape, SAMPLES, w, dy)));
  const weightReference = once(() => reference.conv2dWeightGradient(shape, SAMPLES, x, dy));
  const scratchOf = ({ scratchFloats }: ConvolutionFamily<unknown>) =>
    scratchFloats > 0 ? scratch(scratchFloats) : undefined;
  const algorithms = [...convolutionKernelsByAlgorithm(shape)].flatMap(
    ([algorithm, { forward, inputGradient, weightGradient }]): KernelJob[] => [
      kernelJob({
        group,
        name: nameOf('forward', algorithm),
        kernel: forward.family(shape, { activation: relu }),
        operands: {
          x: samples(x),
          w: parameters(w),
          bias: parameters(bias),
          scratch: scratchOf(forward),
          y: resultCells(outputs, forwardReference),
        },
        work,
      }),
      kernelJob({
        group,
        name: nameOf('input gradient', algorithm),
        kernel: inputGradient.family(shape, relu),
        operands: {
          dy: samples(dy),
          w: parameters(w),
          x: samples(x),
          scratch: scratchOf(inputGradient),
          dx: resultCells(inputs, inputReference),
        },
        work,
      }),
      kernelJob({
        group,
        name: nameOf('weight gradient', algorithm),
        kernel: weightGradient.family(shape),
        operands: {
          x: samples(x),
          dy: samples(dy),
          scratch: scratchOf(weightGradient),
          dw: resultNumbers(weights, weightReference),
        },
        work,
      }),
    ],
  );
  return [
    ...algorithms,
    kernelJob({
      group,
      name: 'bias gradient',
      kernel: channelSums(outChannels, area),
      operands: {
        dy: samples(dy),
        db: resultNumbers(outChannels, () => reference.conv2dBiasGradient(shape, dy)),
      },
      work: { unit: 'GB/s', amount: outputs * LANES * Float32Array.BYTES_PER_ELEMENT },
    }),
  ];
}

const label = ({ inChannels, outChannels, height, kernelHeight, kernelWidth, strideY, groups }: Conv2dShape): string =>
  [
    groups > 1 ? outChannels : `${inChannels}→${outChannels}`,
    `${kernelHeight}×${kernelWidth}`,
    `${height}²`,
    ...(strideY > 1 ? [`/${strideY}`] : []),
  ].join(' ');

const nameOf = (direction: string, algorithm: string): string =>
  algorithm === 'direct' ? direction : `${direction}, ${algorithm}`;

interface SquareConvolution {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: number;
  readonly size: number;
  readonly padding: number;
  readonly stride?: number;
  readonly groups?: number;
}

function square({
  inChannels,
  outChannels,
  kernel,
  size,
  padding,
  stride = 1,
  groups = 1,
}: SquareConvolution): Conv2dShape {
  return {
    inChannels,
    outChannels,
    height: size,
    width: size,
    kernelHeight: kernel,
    kernelWidth: kernel,
    strideY: stride,
    strideX: stride,
    padTop: padding,
    padLeft: padding,
    padBottom: padding,
    padRight: padding,
    dilationY: 1,
    dilationX: 1,
    groups,
  };
}
