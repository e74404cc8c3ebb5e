// Codecs for files of tensors, and durable writes of files.
export { syncDirectory, writeDurably } from './durable-file.ts';
export { decodeSafetensors, encodeSafetensors, type NamedTensors, type Safetensors } from './safetensors.ts';
export { type ReadOptions, readSafetensors, writeSafetensors } from './safetensors-file.ts';
