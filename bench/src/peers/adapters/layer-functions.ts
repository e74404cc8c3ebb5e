// From the layers of a job to one function of a framework. The walk over the layers is the same for every framework that trains functions.
import type { Job, PeerLayer, PeerLayerOf } from '../jobs/job.ts';

/** How a framework makes one function of each layer; `F` is the type of its functions. */
export interface LayerFunctions<F> {
  readonly conv2d: (layer: PeerLayerOf<'conv2d'>, channels: number) => F;
  readonly batchNorm: (channels: number) => F;
  readonly dense: (layer: PeerLayerOf<'dense'>, features: number) => F;
  /** @param inner the function of the layers inside the residual block */
  readonly residual: (layer: PeerLayerOf<'residual'>, inner: F) => F;
  readonly relu: F;
  readonly sigmoid: F;
  /** Maximum pooling with windows of 2×2. */
  readonly maxPool: F;
  readonly globalAvgPool: F;
  /** One function that applies others in their order. */
  readonly sequence: (functions: readonly F[]) => F;
}

/** Makes the function of all layers of a job. The layers ask for their parameters in the order of the job. */
export function functionOfLayers<F>({ inputs, layers }: Job, functions: LayerFunctions<F>): F {
  let channels = inputs.shape[1] as number;

  const sequenceOf = (list: readonly PeerLayer[]): F => functions.sequence(list.map(functionOf));

  function functionOf(layer: PeerLayer): F {
    switch (layer.kind) {
      case 'conv2d': {
        const convolution = functions.conv2d(layer, channels);
        channels = layer.filters;
        return convolution;
      }
      case 'dense': {
        const features = layer.planes ? layer.planes[0] * layer.planes[1] * layer.planes[2] : channels;
        channels = layer.units;
        return functions.dense(layer, features);
      }
      case 'batchNorm':
        return functions.batchNorm(channels);
      case 'residual':
        return functions.residual(layer, sequenceOf(layer.layers));
      default:
        return functions[layer.kind];
    }
  }

  return sequenceOf(layers);
}
