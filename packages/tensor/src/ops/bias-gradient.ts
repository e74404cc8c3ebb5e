// The gradient of a bias, which all cells of a channel share. Convolution and dense have it in common.
import { channelSums } from '@convoy/kernels';
import { Tensor } from '../tensor.ts';
import { engine } from './engine.ts';
import { samples, shared } from './routine.ts';

/** ∂E/∂bias[c] = Σ dy[n, c, i] over n, i for dy [batch, channels, area]; [channels]. */
export function biasGradient(batch: number, channels: number, area: number, dy: Float32Array): Tensor {
  const { dBias } = engine.run(['biasGradient', channels, area], batch, { dy }, () => ({
    inputs: { dy: samples(channels * area) },
    outputs: { dBias: shared(channels) },
    calls: [{ kernel: channelSums(channels, area, true), arguments: ['dy', 'dBias'] }],
  }));
  return new Tensor(dBias, [channels]);
}
