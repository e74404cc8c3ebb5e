// Descriptions of augmentations become steps for samples of one form.
import { wrongResult } from '@convoy/tensor/definitions';
import { RandomStream } from '@convoy/tensor/random';
import {
  type Augmentation,
  type BuildContext,
  type BuiltStep,
  definitionOf,
  type Fill,
  inAugmentation,
} from './augmentation.ts';
import type { SampleForm } from './canvas.ts';
import { fillFor } from './fill.ts';

/** The steps of an augmenter. */
export interface BuiltSteps {
  readonly steps: readonly BuiltStep[];
  /** Whether one of them may show what is outside of the image. */
  readonly showsOutside: boolean;
}

/**
 * Operations are numbered in their order, each before those that it contains.
 * @throws ConvoyError of the definitions, for samples that an augmentation cannot augment
 */
export function buildSteps(augmentations: readonly Augmentation[], form: SampleForm, seed: number): BuiltSteps {
  let count = 0;
  let showsOutside = false;
  const outside = (fill: Fill): Float64Array => {
    showsOutside = true;
    return fillFor(form, fill);
  };
  const build = (augmentation: Augmentation): BuiltStep => {
    const number = count++;
    const context: BuildContext = { form, seed, number, outside, build };
    const definition = definitionOf(augmentation);
    const step = inAugmentation(augmentation, () => definition.build?.(augmentation.settings, context));
    if (typeof step !== 'function')
      throw wrongResult(`the augmentation ${definition.type}`, 'build', step, 'a function');
    const random = new RandomStream(0, '');
    return (canvas, key) => {
      random.enterSubstream(key.random, number);
      step(canvas, random, key);
    };
  };
  const steps = augmentations.map(build);
  return { steps, showsOutside };
}
