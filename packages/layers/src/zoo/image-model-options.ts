// The options of the zoo's models.
import { positiveInteger, type Shape } from '@convoy/tensor';
import { flag, optional } from '@convoy/tensor/checks';
import { inputCheck } from '../graph/model.ts';

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

/** The checks of `ImageModelOptions`, with the defaults of a model. */
export const imageModelChecks = (input: Shape, classes: number) => ({
  input: optional<Shape>(inputCheck, input),
  classes: optional(positiveInteger, classes),
});

/** The checks of `NormalizedModelOptions`, with the defaults of a model. */
export const normalizedModelChecks = (input: Shape, classes: number) => ({
  ...imageModelChecks(input, classes),
  sync: optional(flag, false),
});
