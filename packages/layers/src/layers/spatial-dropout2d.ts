// Dropout of whole channels.
import { defineDropout } from './dropout.ts';

/**
 * As `dropout`, but a channel of a sample is kept or dropped as a whole. Input [channels, …]. As `torch.nn.Dropout2d`.
 *
 * J. Tompson and others, "Efficient Object Localization Using Convolutional Networks", 2015.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const spatialDropout2d = defineDropout('spatialDropout2d', ([channels = 1]) => channels);
