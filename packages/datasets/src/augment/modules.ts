// The modules of augmentations that users define.
import { ConvoyError } from '@convoy/tensor';
import { isObject } from '@convoy/tensor/builtins';
import { errorMessage } from '@convoy/tensor/errors';
import type { Augmentation } from './augmentation.ts';

/**
 * Imports the modules that define these augmentations, also those inside of others. A thread that gets descriptions
 * from another one calls it before it builds an `Augmenter`.
 * @throws ConvoyError CONVOY_LAYER_FAILED if a module cannot be imported
 */
export async function importAugmentations(augmentations: readonly Augmentation[]): Promise<void> {
  for (const module of modulesOf(augmentations)) {
    try {
      await import(module);
    } catch (cause) {
      throw new ConvoyError('CONVOY_LAYER_FAILED', {
        given: `the module ${JSON.stringify(module)} of an augmentation, which threw ${errorMessage(cause)}`,
        expected: 'a module that can be imported in every thread',
        fix: 'Pass import.meta.url as the module of the definition.',
        cause,
      });
    }
  }
}

function modulesOf(value: unknown): ReadonlySet<string> {
  if (!isObject(value)) return new Set();
  const inside = Object.values(value).flatMap((part) => [...modulesOf(part)]);
  return new Set('settings' in value && 'module' in value ? [String(value.module), ...inside] : inside);
}
