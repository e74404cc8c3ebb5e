// The full range of levels.
import { type Augmentation, defineAugmentation } from '../augmentation.ts';
import { planeSize, requireBytes, rowSize, storeFor } from '../pixels.ts';

const describe = defineAugmentation<object, object>({
  type: 'autoContrast',
  settings: (check) => check({}),
  build(_, { form }) {
    requireBytes('autoContrast', form);
    const store = storeFor(form);
    const plane = planeSize(form);
    const size = rowSize(form);
    return (canvas) => {
      canvas.draw();
      const { row, offset } = canvas;
      for (let start = offset; start < offset + size; start += plane) {
        let least = 255;
        let greatest = 0;
        for (let i = start; i < start + plane; i++) {
          least = Math.min(least, row[i] as number);
          greatest = Math.max(greatest, row[i] as number);
        }
        if (least >= greatest) continue;
        const scale = 255 / (greatest - least);
        for (let i = start; i < start + plane; i++) row[i] = store(scale * ((row[i] as number) - least));
      }
    };
  },
});

/**
 * Stretches the levels of each channel to 0 … 255. Samples must be bytes. The same as torchvision's `autocontrast`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_INVALID_DATA from the `Augmenter`
 */
export const autoContrast = (options: object = {}): Augmentation => describe(options);
