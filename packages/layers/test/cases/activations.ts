// Activations with the options that matter, for the conformance checks.
import {
  elu,
  gelu,
  hardSigmoid,
  hardSwish,
  type Layer,
  leakyRelu,
  prelu,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from '@convoy/layers';
import type { LayerCase } from '../conformance.ts';

const elementwise: readonly Layer[] = [
  relu(),
  relu6(),
  sigmoid(),
  hardSigmoid(),
  tanh(),
  leakyRelu(),
  leakyRelu({ negativeSlope: -0.5 }),
  elu(),
  elu({ alpha: 0.5 }),
  selu(),
  gelu(),
  gelu({ approximate: 'tanh' }),
  silu(),
  hardSwish(),
  softplus(),
  softplus({ beta: 3 }),
];

const titleOf = ({ type, settings }: Layer) => `${type} ${JSON.stringify(settings).replaceAll('"', '')}`;

const slopes: readonly LayerCase[] = [
  { title: 'prelu of planes', layer: prelu(), input: [5, 2, 3], output: [5, 2, 3], parameters: { slope: [5] } },
  { title: 'prelu of features', layer: prelu(), input: [7], output: [7], parameters: { slope: [7] } },
  {
    title: 'prelu with one slope',
    layer: prelu({ shared: true }),
    input: [2, 3, 4],
    output: [2, 3, 4],
    parameters: { slope: [1] },
  },
];

export const activations: readonly LayerCase[] = [
  ...[...elementwise, softmax()].flatMap((layer) => [
    { title: `${titleOf(layer)} of planes`, layer, input: [2, 3, 4], output: [2, 3, 4], parameters: {} },
    { title: `${titleOf(layer)} of features`, layer, input: [7], output: [7], parameters: {} },
  ]),
  ...slopes,
];
