// The modules of augmentations that users define.
import { ConvoyError } from '@convoy/tensor';
import { isObject, isTypedArray } from '@convoy/tensor/builtins';
import { errorMessage } from '@convoy/tensor/errors';
import type { Augmentation } from './augmentation.ts';

/**
 * Imports the modules that define these augmentations, also those inside of others. A thread that gets descriptions
 * from another one calls it before it builds an `Augmenter`.
 * @throws ConvoyError CONVOY_LAYER_FAILED if a module cannot be imported
 */
export async function importAugmentations(augmentations: readonly Augmentation[]): Promise<void> {
  const modules = new Set<string>();
  addModules(augmentations, modules, new Set());
  for (const module of modules) {
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

/** Adds the modules of all descriptions in a value. `seen` ends the search in values that contain themselves. */
function addModules(value: unknown, modules: Set<string>, seen: Set<object>): void {
  if (!isObject(value) || isTypedArray(value) || seen.has(value)) return;
  seen.add(value);
  const { settings, module } = value as Partial<Augmentation>;
  if (isObject(settings) && typeof module === 'string') modules.add(module);
  for (const part of Object.values(value)) addModules(part, modules, seen);
}
