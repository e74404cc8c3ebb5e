// safetensors files as their parts, for files that contain a checksum of their bytes. This is `@convoy/formats/parts`.
export { chunksOf } from './chunks.ts';
export { bytesOf, encodeParts, type SafetensorsParts } from './safetensors.ts';
export { readParts } from './safetensors-file.ts';
