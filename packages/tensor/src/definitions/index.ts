// Definitions of layers, losses, augmentations and so on: a description is plain data, and a registered definition gives
// it meaning. This is `@convoy/tensor/definitions`, which loads no kernels.
export { checkDefinition, checkResult, inDefinition, wrongResult } from './definition-errors.ts';
export { describe, type NoOptions, settingsFrom, type WithSettings } from './description.ts';
export { Registry } from './registry.ts';
