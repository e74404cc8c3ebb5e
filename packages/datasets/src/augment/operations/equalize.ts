// Equally frequent levels.
import { type Augmentation, defineAugmentation } from '../augmentation.ts';
import { planeSize, requireBytes, rowSize } from '../pixels.ts';

const LEVELS = 256;

const describe = defineAugmentation<object, object>({
  type: 'equalize',
  settings: (check) => check({}),
  build(_, { form }) {
    requireBytes('equalize', form);
    const plane = planeSize(form);
    const size = rowSize(form);
    const counts = new Uint32Array(LEVELS);
    return (canvas) => {
      canvas.draw();
      const { row, offset } = canvas;
      for (let start = offset; start < offset + size; start += plane) {
        counts.fill(0);
        let greatest = 0;
        for (let i = start; i < start + plane; i++) {
          const level = row[i] as number;
          counts[level] = (counts[level] as number) + 1;
          if (level > greatest) greatest = level;
        }
        const step = Math.floor((plane - (counts[greatest] as number)) / (LEVELS - 1));
        if (step === 0) continue;
        toLevels(counts, step);
        for (let i = start; i < start + plane; i++) row[i] = counts[row[i] as number] as number;
      }
    };
  },
});

/** Replaces how often each level occurs by what it becomes. */
function toLevels(counts: Uint32Array, step: number): void {
  let below = Math.floor(step / 2);
  for (let level = 0; level < LEVELS; level++) {
    const count = counts[level] as number;
    counts[level] = Math.min(LEVELS - 1, Math.floor(below / step));
    below += count;
  }
}

/**
 * Changes the levels of each channel so that all ranges of levels are about equally frequent. Samples must be bytes. The
 * same as torchvision's `equalize`. Samples of fewer than 256 pixels may stay as they are.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_INVALID_DATA from the `Augmenter`
 */
export const equalize = (options: object = {}): Augmentation => describe(options);
