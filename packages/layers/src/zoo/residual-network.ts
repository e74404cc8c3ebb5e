// What the residual networks for small images share; they differ in the number of their blocks.

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
import type { NormalizedModelOptions } from './image-model-options.ts';
import { normalizedConv2d } from './normalized-conv2d.ts';

/**
 * A 3×3 convolution, three stages of blocks with 16, 32 and 64 channels, the mean of each channel, and a dense layer: 6 · blocks + 2 layers with
 * kernels. A stage but the first halves height and width.
 * K. He and others, "Deep Residual Learning for Image Recognition", 2016, section 4.2.
 *
 * @param blocks of each stage
 */
export const residualNetwork = (
  blocks: number,
  { input = [3, 32, 32], classes = 10, sync = false }: NormalizedModelOptions,
): Model =>
  graph({ input }, (image) => {
    let x = image.to(...normalizedConv2d({ filters: 16, kernelSize: 3, padding: 1 }, sync), relu());
    for (const filters of [16, 32, 64]) {
      for (let block = 0; block < blocks; block++) {
        x = residualBlock(x, { filters, strides: block === 0 && filters > 16 ? 2 : 1, sync });
      }
    }
    return x.to(globalAvgPool2d(), dense({ units: classes, kernelInitializer: heNormal() }));
  });

interface BlockOptions {
  readonly filters: number;
  readonly strides: number;
  readonly sync: boolean;
}

/** relu(x + f(x)), with two convolutions as f. */
function residualBlock(x: GraphNode, { filters, strides, sync }: BlockOptions): GraphNode {
  const residual = x.to(
    ...normalizedConv2d({ filters, kernelSize: 3, strides, padding: 1 }, sync),
    relu(),
    ...normalizedConv2d({ filters, kernelSize: 3, padding: 1 }, sync),
  );
  return residual.merge(add(), shortcut(x, residual, strides)).to(relu());
}

/**
 * Where a block changes the shape, the shortcut has no parameters either (the paper's option A): every other cell of every other row, and channels of
 * zeros in equal numbers before and behind.
 */
function shortcut(x: GraphNode, residual: GraphNode, strides: number): GraphNode {
  if (strides === 1) return x;
  const [channels, height, width] = residual.shape as [number, number, number];
  const [before] = x.shape as [number];
  const zeros = (channels - before) / 2;
  return x.to(
    avgPool2d({ size: 1, strides }),
    // Rows are padded, and here each channel is one.
    reshape({ shape: [1, before, height * width] }),
    zeroPad2d({ padding: [zeros, 0] }),
    reshape({ shape: [channels, height, width] }),
  );
}
