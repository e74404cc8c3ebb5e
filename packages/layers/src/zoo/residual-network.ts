// The residual networks for small images, which differ in the number of their blocks.

import { checkOptions } from '@convoy/tensor/checks';
import { type GraphNode, graph } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';
import { heNormal } from '../initializers/fan-scaled.ts';
import { add } from '../layers/add.ts';
import { avgPool2d } from '../layers/avg-pool2d.ts';
import { dense } from '../layers/dense.ts';
import { globalAvgPool2d } from '../layers/global-avg-pool2d.ts';
import { relu } from '../layers/relu.ts';
import { reshape } from '../layers/reshape.ts';
import { zeroPad2d } from '../layers/zero-pad2d.ts';
import { type NormalizedModelOptions, normalizedModelChecks } from './image-model-options.ts';
import { normalizedConv2d } from './normalized-conv2d.ts';

/**
 * A 3×3 convolution, three stages of residual blocks with 16, 32 and 64 channels, global average pooling, and a dense layer: 6 · blocks + 2 layers with
 * kernels. The second and the third stage halve height and width.
 * K. He and others, "Deep Residual Learning for Image Recognition", 2016, section 4.2.
 *
 * @param of the function whose options these are
 * @param blocks the number of blocks of each stage
 */
export function residualNetwork(of: string, blocks: number, options: NormalizedModelOptions | undefined): Model {
  const { input, classes, sync } = checkOptions(of, options, normalizedModelChecks([3, 32, 32], 10));
  return graph({ input }, (image) => {
    let x = image.to(...normalizedConv2d({ filters: 16, kernelSize: 3, padding: 1 }, sync), relu());
    for (const filters of [16, 32, 64]) {
      for (let block = 0; block < blocks; block++) {
        x = residualBlock(x, { filters, strides: block === 0 && filters > 16 ? 2 : 1, sync });
      }
    }
    return x.to(globalAvgPool2d(), dense({ units: classes, kernelInitializer: heNormal() }));
  });
}

interface BlockOptions {
  readonly filters: number;
  readonly strides: number;
  readonly sync: boolean;
}

/** relu(x + f(x)), where f is two convolutions. */
function residualBlock(x: GraphNode, { filters, strides, sync }: BlockOptions): GraphNode {
  const residual = x.to(
    ...normalizedConv2d({ filters, kernelSize: 3, strides, padding: 1 }, sync),
    relu(),
    ...normalizedConv2d({ filters, kernelSize: 3, padding: 1 }, sync),
  );
  return residual.merge(add(), shortcut(x, residual, strides)).to(relu());
}

/**
 * If a block changes the shape, its shortcut has no parameters either (the paper's option A): it takes every second pixel of every second row, and adds
 * channels of zeros, half of them before the channels and half of them after.
 */
function shortcut(x: GraphNode, residual: GraphNode, strides: number): GraphNode {
  if (strides === 1) return x;
  const [channels, height, width] = residual.shape as [number, number, number];
  const [before] = x.shape as [number];
  const zeros = (channels - before) / 2;
  return x.to(
    avgPool2d({ size: 1, strides }),
    // zeroPad2d pads rows and columns: as planes of one channel, the channels are rows.
    reshape({ shape: [1, before, height * width] }),
    zeroPad2d({ padding: [zeros, 0] }),
    reshape({ shape: [channels, height, width] }),
  );
}
