// Softmax and cross-entropy in one, for classifiers.
import { reference, softmaxCrossEntropy as softmaxCrossEntropyKernel } from '@convoy/kernels';
import { defineLoss, type Loss } from '../loss.ts';
import { classesOf } from './classes.ts';

const describe = defineLoss<undefined, object>({
  type: 'softmaxCrossEntropy',
  targets: 'labels',
  settings: () => ({}),
  checkOutput: (_, output) => void classesOf(output),
  compile: (_, { output, prediction, targets, weights, outputGradient, result }) => [
    {
      kernel: softmaxCrossEntropyKernel({ classes: classesOf(output) }),
      places: [prediction, targets, weights, outputGradient, result],
    },
  ],
  reference: {
    loss: (_, output, ...rest) => reference.softmaxCrossEntropy({ classes: classesOf(output) }, ...rest),
    gradient: (_, output, ...rest) => reference.softmaxCrossEntropyGradient({ classes: classesOf(output) }, ...rest),
  },
});

/**
 * E = mean over samples of −log softmax(x)[label], with softmax(x)[k] = e^x[k] / Σ e^x. The model's output x are logits: no softmax layer
 * before it. Gradient (softmax(x) − onehot(label)) / samples. Targets: labels, whole numbers from 0 to classes − 1.
 */
export const softmaxCrossEntropy = (): Loss => describe(undefined);
