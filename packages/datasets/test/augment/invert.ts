// An augmentation as a user defines it, in a module that every thread imports.
import { defineAugmentation } from '@convoy/datasets/augment';

/** v becomes 255 − v. */
export const invert = defineAugmentation<object, object>({
  type: 'invert',
  module: import.meta.url,
  settings: (check) => check({}),
  build:
    (_, { form: { channels, height, width } }) =>
    (canvas) => {
      canvas.draw();
      const { row, offset } = canvas;
      const end = offset + channels * height * width;
      for (let i = offset; i < end; i++) row[i] = 255 - (row[i] as number);
    },
});
