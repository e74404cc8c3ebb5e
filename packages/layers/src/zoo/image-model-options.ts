// What the models that come along can be told.
import type { Shape } from '@convoy/tensor';

export interface ImageModelOptions {
  /** The shape of one sample, [channels, height, width]. */
  readonly input?: Shape;
  /** The numbers that the model gives for each image, or for each of its pixels. */
  readonly classes?: number;
}

export interface NormalizedModelOptions extends ImageModelOptions {
  /** As the option of `batchNorm2d`, for all of them: whether a batch is normalized as a whole, and not shard by shard; default false. */
  readonly sync?: boolean;
}
