// Batch normalization of planes.
import { defineBatchNorm } from './batch-norm.ts';

/**
 * Normalizes each channel to mean 0 and variance 1: y = (x − mean[c]) / √(variance[c] + epsilon) · scale[c] + offset[c].
 *
 * In training, mean and variance (the mean of (x − mean)²) are computed over the samples and pixels of a shard, or of the whole mini-batch with
 * `sync`. After each step, running ← running + momentum · (new − running), where `new` is the mean over the shards; for the running variance it
 * is the mean of their unbiased variances. Evaluation, prediction and frozen layers use the running statistics. If a layer is shared, its last
 * use computes the running statistics. With `sync`, or with one shard, this is `torch.nn.BatchNorm2d`.
 *
 * Input [channels, height, width], output of the same shape. Options: `epsilon` 1e-5, `momentum` 0.1, `sync` false, `scale` true, `offset`
 * true. Parameters, each [channels]: `scale`, `offset`. Running statistics, each [channels]: `runningMean`, `runningVariance`.
 *
 * S. Ioffe, C. Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift", 2015.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH when a model is built, unless the input has three dimensions
 */
export const batchNorm2d = defineBatchNorm('batchNorm2d', [3]);
