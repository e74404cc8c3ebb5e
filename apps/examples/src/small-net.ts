// Your own model with your own layer, for the command:
// npm run convoy -- train apps/examples/src/small-net.ts --data mnist
import { add, conv2d, dense, flatten, graph, type Model, maxPool2d, relu } from '@convoy/layers';
import type { Shape } from '@convoy/tensor';
import { layerScale } from './layer-scale.ts';

export const model = ({ input, classes }: { input: Shape; classes: number }): Model =>
  graph({ input }, (image) => {
    const convolution = () => conv2d({ filters: 6, kernelSize: 3, padding: 1 });
    const stem = image.to(convolution(), relu(), maxPool2d({ size: 2 }));
    const branch = stem.to(convolution(), relu(), convolution(), layerScale({ name: 'scale' }));
    return branch.merge(add(), stem).to(relu(), maxPool2d({ size: 2 }), flatten(), dense({ units: classes }));
  });
