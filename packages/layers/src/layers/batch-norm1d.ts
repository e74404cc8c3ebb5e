// Batch normalization of features.
import { defineBatchNorm } from './batch-norm.ts';

/**
 * As `batchNorm2d`, for an input [features] or [channels, length]; as `torch.nn.BatchNorm1d`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; when a model is built CONVOY_SHAPE_MISMATCH unless the input has one or two dimensions.
 */
export const batchNorm1d = defineBatchNorm('batchNorm1d', [1, 2]);
