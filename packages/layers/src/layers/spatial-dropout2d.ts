// Dropout of whole channels.
import { defineDropout } from './dropout.ts';

/**
 * The same as `dropout`, but whole channels of a sample are kept or dropped. Input [channels, …], output of the same shape. The same as
 * `torch.nn.Dropout2d`.
 *
 * J. Tompson and others, "Efficient Object Localization Using Convolutional Networks", 2015.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const spatialDropout2d = defineDropout('spatialDropout2d', ([channels = 1]) => channels);
