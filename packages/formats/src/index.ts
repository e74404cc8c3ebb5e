// Codecs for files of tensors.
export { decodeSafetensors, encodeSafetensors, type NamedTensors, type Safetensors } from './safetensors.ts';
export { readSafetensors, writeSafetensors } from './safetensors-file.ts';
