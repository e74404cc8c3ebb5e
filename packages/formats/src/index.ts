// Codecs for files of tensors, and writing files so that they are whole or absent.
export { syncDirectory, writeDurably } from './durable-file.ts';
export { decodeSafetensors, encodeSafetensors, type NamedTensors, type Safetensors } from './safetensors.ts';
export { type ReadOptions, readSafetensors, writeSafetensors } from './safetensors-file.ts';
