// safetensors files as their parts, for files that contain a checksum of their bytes, or are read in pieces. This is `@convoy/formats/parts`.
export { chunksOf } from './chunks.ts';
export { bytesOf, encodeHead, encodeParts, type SafetensorsParts } from './safetensors.ts';
export { fill, type Head, readHead, readParts } from './safetensors-file.ts';
export type { ElementType, Entry } from './safetensors-header.ts';
