// The accuracy of the normalizations of each sample.
import { test } from 'vitest';
import { groupNorm, normOverChannels } from '../cases/normalization.ts';
import { expectClose, fromCells, run, SAMPLES, toCells, values } from '../harness.ts';

const shape = { channels: 4, area: 6, groups: 2, epsilon: 1e-3 };

test.each([
  ['groupNorm', groupNorm],
  ['normOverChannels', normOverChannels],
])('%s keeps its accuracy far from 0, where Σ x² − (Σ x)² / n would lose it', (_, norm) => {
  const x = values(SAMPLES * 24, 1, 1).map((v) => Math.fround(100 + v));
  const kernel = norm.forward(shape, { useScale: false, useOffset: false });
  const saved = new Float32Array(norm.savedFloats(shape));
  const { y } = run(kernel, { x: toCells(x), saved, y: toCells(x) });
  expectClose(fromCells(y), norm.references.forward(shape, SAMPLES, x), 1e-4);
});
