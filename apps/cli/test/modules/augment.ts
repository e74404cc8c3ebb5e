// What --augment standard does for images of 28×28 pixels.
import { horizontalFlip, randomCrop } from '@convoy/datasets/augment';

export const augment = [randomCrop({ padding: 4 }), horizontalFlip()];
