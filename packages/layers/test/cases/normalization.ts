// Normalizations that compute their statistics for each sample, for the conformance checks.
import { groupNorm, layerNorm } from '@convoy/layers';
import type { LayerCase } from '../conformance.ts';

export const normalizations: readonly LayerCase[] = [
  {
    title: 'groupNorm of two groups',
    layer: groupNorm({ groups: 2 }),
    input: [6, 3, 5],
    output: [6, 3, 5],
    parameters: { scale: [6], offset: [6] },
  },
  {
    title: 'groupNorm of one group',
    layer: groupNorm({ groups: 1, epsilon: 0.1 }),
    input: [3, 4, 4],
    output: [3, 4, 4],
    parameters: { scale: [3], offset: [3] },
  },
  {
    title: 'groupNorm of each channel separately',
    layer: groupNorm({ groups: 3, scale: false }),
    input: [3, 4, 5],
    output: [3, 4, 5],
    parameters: { offset: [3] },
  },
  {
    title: 'groupNorm of planes that are summed in several runs',
    layer: groupNorm({ groups: 2, offset: false }),
    input: [2, 12, 13],
    output: [2, 12, 13],
    parameters: { scale: [2] },
  },
  {
    title: 'groupNorm of features',
    layer: groupNorm({ groups: 2 }),
    input: [12],
    output: [12],
    parameters: { scale: [12], offset: [12] },
  },
  {
    title: 'groupNorm without parameters',
    layer: groupNorm({ groups: 2, scale: false, offset: false }),
    input: [4, 3, 3],
    output: [4, 3, 3],
    parameters: {},
  },
  {
    title: 'layerNorm over planes',
    layer: layerNorm(),
    input: [3, 4, 5],
    output: [3, 4, 5],
    parameters: { scale: [3, 4, 5], offset: [3, 4, 5] },
  },
  {
    title: 'layerNorm over features',
    layer: layerNorm({ epsilon: 1e-3 }),
    input: [9],
    output: [9],
    parameters: { scale: [9], offset: [9] },
  },
  {
    title: 'layerNorm over the channels of each pixel',
    layer: layerNorm({ over: 'channels' }),
    input: [7, 3, 4],
    output: [7, 3, 4],
    parameters: { scale: [7], offset: [7] },
  },
  {
    title: 'layerNorm over the channels without scale',
    layer: layerNorm({ over: 'channels', scale: false }),
    input: [9, 2, 2],
    output: [9, 2, 2],
    parameters: { offset: [9] },
  },
  {
    title: 'layerNorm over channels of one pixel',
    layer: layerNorm({ over: 'channels', offset: false }),
    input: [10],
    output: [10],
    parameters: { scale: [10] },
  },
];
