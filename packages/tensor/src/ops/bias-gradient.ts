// The gradient of a bias. All elements of a channel share one bias. For convolution and dense.
import { channelSums } from '@convoy/kernels';
import { Tensor } from '../tensor.ts';
import { call } from './call.ts';
import { engine } from './engine.ts';
import { samples, shared } from './routine.ts';

/**
 * ∂E/∂bias[c] = Σ dy[n, c, i] over n, i.
 * @param dy [batch, channels, area]
 * @returns [channels]
 */
export function biasGradient(batch: number, channels: number, area: number, dy: Float32Array): Tensor {
  const { dBias } = engine.run(['biasGradient', channels, area], batch, { dy }, () => ({
    inputs: { dy: samples(channels * area) },
    outputs: { dBias: shared(channels) },
    calls: [call(channelSums(channels, area, true), { dy: 'dy', db: 'dBias' })],
  }));
  return new Tensor(dBias, [channels]);
}
