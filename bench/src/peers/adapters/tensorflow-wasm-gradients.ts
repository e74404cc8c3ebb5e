// Gradients of convolutions that the wasm back end of TensorFlow.js needs for training, made of operations that it has: the weight gradient,
// which the back end does not register, and a faster input gradient for strides of 1.
import type { TensorFlow, TensorFlowTensor } from './tensorflow-library.ts';

interface Settings {
  readonly strides: number | readonly [number, number];
  readonly pad: number;
}

interface WeightGradientCall {
  readonly inputs: { readonly x: TensorFlowTensor; readonly dy: TensorFlowTensor };
  readonly attrs: Settings & { readonly filterShape: readonly number[] };
}

interface InputGradientCall {
  readonly inputs: { readonly dy: TensorFlowTensor; readonly filter: TensorFlowTensor };
  readonly attrs: Settings;
}

const strideOf = ({ strides }: Settings): number => (typeof strides === 'number' ? strides : strides[0]);

export function registerWasmGradients(tf: TensorFlow): void {
  const backendName = 'wasm';
  const inputGradient = 'Conv2DBackpropInput';
  const { kernelFunc: slowInputGradient } = tf.getKernel(inputGradient, backendName);
  tf.unregisterKernel(inputGradient, backendName);
  tf.registerKernel({
    kernelName: inputGradient,
    backendName,
    kernelFunc: (call) => {
      const { inputs, attrs } = call as InputGradientCall;
      if (strideOf(attrs) !== 1) return slowInputGradient(call);
      // (K, K, O, C): the flipped kernel.
      const flipped = tf.transpose(tf.reverse(inputs.filter, [0, 1]), [0, 1, 3, 2]);
      return tf.conv2d(inputs.dy, flipped, 1, (inputs.filter.shape[0] as number) - 1 - attrs.pad);
    },
  });
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName,
    kernelFunc: (call) => {
      const { inputs, attrs } = call as WeightGradientCall;
      const [size = 0, , channels = 0, filters = 0] = attrs.filterShape;
      // Channels and samples change places: inputs (C, H, W, N), kernels (H', W', N, O), and the stride of forward is a dilation here.
      const x = tf.transpose(inputs.x, [3, 1, 2, 0]);
      const dy = tf.transpose(inputs.dy, [1, 2, 0, 3]);
      const all = tf.conv2d(x, dy, 1, attrs.pad, 'NHWC', strideOf(attrs));
      return tf.transpose(tf.slice(all, [0, 0, 0, 0], [channels, size, size, filters]), [1, 2, 0, 3]);
    },
  });
}
