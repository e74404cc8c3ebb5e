// For peers that keep a cell's channels together.
import { Tensor } from '@convoy/tensor';

/** (A, B, H, W) as (A, H, W, B). */
export function channelsLast({ data, shape }: Tensor): Tensor {
  const [outer = 0, channels = 0, height = 0, width = 0] = shape;
  const cells = height * width;
  const result = new Float32Array(data.length);
  for (let i = 0; i < outer; i++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let cell = 0; cell < cells; cell++) {
        result[(i * cells + cell) * channels + channel] = data[(i * channels + channel) * cells + cell] as number;
      }
    }
  }
  return new Tensor(result, [outer, height, width, channels]);
}

/** The kernel (units, C · H · W) of a dense layer for planes (C, H, W) whose channels come last now; without planes, as it is. */
export function denseChannelsLast(kernel: Tensor, planes?: readonly [number, number, number]): Tensor {
  if (!planes) return kernel;
  return channelsLast(kernel.reshape([kernel.shape[0] as number, ...planes])).reshape(kernel.shape);
}
