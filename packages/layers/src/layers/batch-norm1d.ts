// Batch normalization of features.
import { defineBatchNorm } from './batch-norm.ts';

/**
 * The same as `batchNorm2d` for an input [features] or [channels, length]: `torch.nn.BatchNorm1d`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH when a model is built, unless the input has one or two dimensions
 */
export const batchNorm1d = defineBatchNorm('batchNorm1d', [1, 2]);
