// The options of the zoo's models.
import type { Shape } from '@convoy/tensor';

/** Options of models that classify images. */
export interface ImageModelOptions {
  /** The shape of one sample, [channels, height, width]. */
  readonly input?: Shape;
  /** The number of classes: the model has an output for each of them, per image or per pixel. */
  readonly classes?: number;
}

/** Options of image models with batch normalization. */
export interface NormalizedModelOptions extends ImageModelOptions {
  /** The option `sync` of all batch normalizations: whether they normalize the whole mini-batch instead of each shard; default false. */
  readonly sync?: boolean;
}
