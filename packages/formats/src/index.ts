// Codecs for files of tensors, and durable writes of files. What only other Convoy packages need is in the subpath parts.
export { appendDurably, syncDirectory, writeDurably } from './durable-file.ts';
export { decodeSafetensors, encodeSafetensors, type NamedTensors, type Safetensors } from './safetensors.ts';
export { type ReadOptions, readSafetensors, writeSafetensors } from './safetensors-file.ts';
