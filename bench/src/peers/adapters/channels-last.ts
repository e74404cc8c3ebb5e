// Layouts for peers that keep the channels of a pixel together.
import { Tensor } from '@convoy/tensor';

/** (A, B, H, W) as (A, H, W, B). */
export function channelsLast({ data, shape }: Tensor): Tensor {
  const [outer = 0, channels = 0, height = 0, width = 0] = shape;
  const pixels = height * width;
  const result = new Float32Array(data.length);
  for (let i = 0; i < outer; i++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        result[(i * pixels + pixel) * channels + channel] = data[(i * channels + channel) * pixels + pixel] as number;
      }
    }
  }
  return new Tensor(result, [outer, height, width, channels]);
}

/** The kernel (units, C · H · W) of a dense layer after planes (C, H, W), for planes whose channels come last; unchanged without planes. */
export function denseChannelsLast(kernel: Tensor, planes?: readonly [number, number, number]): Tensor {
  if (!planes) return kernel;
  return channelsLast(kernel.reshape([kernel.shape[0] as number, ...planes])).reshape(kernel.shape);
}
