// Softmax with cross-entropy as one loss, with its gradient.
import { softmaxCrossEntropy as softmaxCrossEntropyKernel } from '@convoy/kernels';
import { checkLabels } from '../checks/labels.ts';
import { Tensor } from '../tensor.ts';
import { call } from './call.ts';
import { engine } from './engine.ts';
import { type LossResult, meanWeights } from './loss-result.ts';
import { extentsOf } from './operands.ts';
import { samples, shared } from './routine.ts';

/**
 * loss = −1/N Σ log softmax(logits[n])[labels[n]] with softmax(x)[k] = e^x[k] / Σ e^x. No exponential overflows.
 * gradient = ∂loss/∂logits = (softmax(logits) − oneHot(labels)) / N.
 *
 * @param logits [N, classes]
 * @param labels N whole numbers from 0 to classes − 1
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_LABEL
 */
export function softmaxCrossEntropy(logits: Tensor, labels: ArrayLike<number>): LossResult {
  const [batch, classes] = extentsOf('logits', logits, ['N', 'classes']);
  checkLabels(labels, { classes, samples: batch });
  const data = { logits: logits.data, labels: Float32Array.from(labels), weights: meanWeights(batch) };
  const { gradient, loss } = engine.run(['softmaxCrossEntropy', classes], batch, data, () => ({
    inputs: { logits: samples(classes), labels: samples(1), weights: samples(1) },
    outputs: { gradient: samples(classes), loss: shared(1) },
    calls: [
      call(softmaxCrossEntropyKernel({ classes }), {
        x: 'logits',
        targets: 'labels',
        weights: 'weights',
        dx: 'gradient',
        loss: 'loss',
      }),
    ],
  }));
  return { loss: loss[0] as number, gradient: new Tensor(gradient, logits.shape) };
}
