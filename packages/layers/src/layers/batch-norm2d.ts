// Batch normalization of planes.
import { defineBatchNorm } from './batch-norm.ts';

/**
 * Each channel with mean 0 and variance 1: y = (x − mean[c]) / √(variance[c] + epsilon) · scale[c] + offset[c]. In training, mean and variance
 * (the mean of (x − mean)²) are those of the samples and pixels of a shard, or with `sync` of the whole mini-batch; each step moves the
 * running ones by momentum · (new − running), where `new` is the mean over the shards, and of the unbiased variance. Evaluation and
 * prediction use the running statistics, and so does a frozen layer. Of a shared layer the last use makes the running statistics. With one shard, or with `sync`, as `torch.nn.BatchNorm2d`.
 *
 * Input [channels, height, width], output of the same shape. Options: `epsilon` 1e-5, `momentum` 0.1, `sync` false, `scale` true, `offset`
 * true. Parameters, each [channels]: `scale`, `offset`; running statistics: `runningMean`, `runningVariance`.
 *
 * S. Ioffe, C. Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift", 2015.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; when a model is built CONVOY_SHAPE_MISMATCH unless the input has three dimensions.
 */
export const batchNorm2d = defineBatchNorm('batchNorm2d', [3]);
