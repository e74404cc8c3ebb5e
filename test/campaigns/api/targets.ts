// All functions that the campaign calls.
import * as datasets from '@convoy/datasets';
import * as augment from '@convoy/datasets/augment';
import * as formats from '@convoy/formats';
import * as layers from '@convoy/layers';
import * as tensor from '@convoy/tensor';
import * as trainer from '@convoy/trainer';
import { augmentTargets } from './augment-targets.ts';
import { layersTargets } from './layer-targets.ts';
import type { Target } from './target.ts';
import { tensorTargets } from './tensor-targets.ts';
import { dataTargets, slowTargets } from './trainer-targets.ts';

export { endTrainer } from './trainer-targets.ts';

/** Calls that take up to some milliseconds. */
export const quickTargets: readonly Target[] = [...tensorTargets, ...layersTargets, ...dataTargets, ...augmentTargets];

/** Calls that start threads or train. */
export { slowTargets };

/** The exported functions that have no target. */
export function functionsWithoutTarget(): readonly string[] {
  const names = new Set([...quickTargets, ...slowTargets].map(({ name }) => name.replace('new ', '')));
  return [datasets, augment, formats, layers, tensor, trainer].flatMap((exported) =>
    Object.entries(exported).flatMap(([name, value]) =>
      typeof value === 'function' && !names.has(name) ? [name] : [],
    ),
  );
}
