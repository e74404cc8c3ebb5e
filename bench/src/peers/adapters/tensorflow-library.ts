// The part of TensorFlow.js that the adapter uses, as types.

export interface TensorFlowTensor {
  readonly shape: number[];
  dataSync(): Float32Array;
  dispose(): void;
}

export type Unary = (x: TensorFlowTensor) => TensorFlowTensor;
type Binary = (a: TensorFlowTensor, b: TensorFlowTensor) => TensorFlowTensor;
type Reduction = (x: TensorFlowTensor, axis?: number | readonly number[]) => TensorFlowTensor;
type Pooling = (x: TensorFlowTensor, size: number, strides: number, padding: 'valid') => TensorFlowTensor;
type KernelFunction = (call: unknown) => TensorFlowTensor;

export interface TensorFlow {
  readonly version_core: string;
  readonly setBackend: (name: string) => Promise<boolean>;
  readonly tensor: (data: Float32Array, shape: readonly number[]) => TensorFlowTensor;
  readonly variable: Unary;
  readonly scalar: (value: number) => TensorFlowTensor;
  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly matMul: Binary;
  readonly square: Unary;
  readonly rsqrt: Unary;
  readonly relu: Unary;
  readonly sigmoid: Unary;
  readonly sum: Reduction;
  readonly mean: Reduction;
  readonly logSumExp: Reduction;
  readonly conv2d: (
    x: TensorFlowTensor,
    kernel: TensorFlowTensor,
    strides: number,
    padding: number,
    format?: 'NHWC',
    dilations?: number,
  ) => TensorFlowTensor;
  readonly maxPool: Pooling;
  readonly avgPool: Pooling;
  readonly reshape: (x: TensorFlowTensor, shape: readonly number[]) => TensorFlowTensor;
  readonly transpose: (x: TensorFlowTensor, order?: readonly number[]) => TensorFlowTensor;
  readonly reverse: (x: TensorFlowTensor, axes: readonly number[]) => TensorFlowTensor;
  readonly slice: (x: TensorFlowTensor, begin: readonly number[], size: readonly number[]) => TensorFlowTensor;
  readonly pad: (x: TensorFlowTensor, sides: readonly (readonly [number, number])[]) => TensorFlowTensor;
  readonly train: { readonly momentum: (learningRate: number, momentum: number) => Optimizer };
  readonly getKernel: (kernelName: string, backendName: string) => { readonly kernelFunc: KernelFunction };
  readonly unregisterKernel: (kernelName: string, backendName: string) => void;
  readonly registerKernel: (kernel: {
    readonly kernelName: string;
    readonly backendName: string;
    readonly kernelFunc: KernelFunction;
  }) => void;
}

interface Optimizer {
  readonly minimize: (loss: () => TensorFlowTensor, returnCost: true) => TensorFlowTensor;
}

export interface WasmBackend {
  readonly setWasmPaths: (folder: string) => void;
  readonly setThreadsCount: (count: number) => void;
}
