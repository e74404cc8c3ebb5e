// Writes IDX for the tests, independent of the reader.
const writers = {
  uint8: { type: 0x08, bytes: 1, write: (view: DataView, at: number, value: number) => view.setUint8(at, value) },
  int8: { type: 0x09, bytes: 1, write: (view: DataView, at: number, value: number) => view.setInt8(at, value) },
  int16: { type: 0x0b, bytes: 2, write: (view: DataView, at: number, value: number) => view.setInt16(at, value) },
  int32: { type: 0x0c, bytes: 4, write: (view: DataView, at: number, value: number) => view.setInt32(at, value) },
  float32: { type: 0x0d, bytes: 4, write: (view: DataView, at: number, value: number) => view.setFloat32(at, value) },
  float64: { type: 0x0e, bytes: 8, write: (view: DataView, at: number, value: number) => view.setFloat64(at, value) },
};

export function idxBytes(
  element: keyof typeof writers,
  shape: readonly number[],
  values: ArrayLike<number>,
): Uint8Array<ArrayBuffer> {
  const { type, bytes, write } = writers[element];
  const headerBytes = 4 + 4 * shape.length;
  const file = new Uint8Array(headerBytes + values.length * bytes);
  const view = new DataView(file.buffer);
  file.set([0, 0, type, shape.length]);
  for (const [dimension, extent] of shape.entries()) view.setUint32(4 + 4 * dimension, extent);
  for (let i = 0; i < values.length; i++) write(view, headerBytes + i * bytes, values[i] as number);
  return file;
}
