// The types of the elements of arrays in files, and how their bytes are read.

/** The type of the elements of an array. */
export type Element =
  | 'bool'
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'uint64'
  | 'int64'
  | 'float16'
  | 'float32'
  | 'float64';

interface ElementKind {
  readonly bytes: number;
  readonly isInteger: boolean;
  /** The element at an offset. Integers beyond 2^53 are rounded. */
  readonly read: (view: DataView, offset: number, littleEndian: boolean) => number;
}

/** All types of elements. */
export const ELEMENTS: Readonly<Record<Element, ElementKind>> = {
  bool: { bytes: 1, isInteger: true, read: (view, offset) => view.getUint8(offset) },
  uint8: { bytes: 1, isInteger: true, read: (view, offset) => view.getUint8(offset) },
  int8: { bytes: 1, isInteger: true, read: (view, offset) => view.getInt8(offset) },
  uint16: { bytes: 2, isInteger: true, read: (view, offset, little) => view.getUint16(offset, little) },
  int16: { bytes: 2, isInteger: true, read: (view, offset, little) => view.getInt16(offset, little) },
  uint32: { bytes: 4, isInteger: true, read: (view, offset, little) => view.getUint32(offset, little) },
  int32: { bytes: 4, isInteger: true, read: (view, offset, little) => view.getInt32(offset, little) },
  uint64: { bytes: 8, isInteger: true, read: (view, offset, little) => Number(view.getBigUint64(offset, little)) },
  int64: { bytes: 8, isInteger: true, read: (view, offset, little) => Number(view.getBigInt64(offset, little)) },
  float16: { bytes: 2, isInteger: false, read: (view, offset, little) => float16(view.getUint16(offset, little)) },
  float32: { bytes: 4, isInteger: false, read: (view, offset, little) => view.getFloat32(offset, little) },
  float64: { bytes: 8, isInteger: false, read: (view, offset, little) => view.getFloat64(offset, little) },
};

/** IEEE 754 binary16: one bit for the sign, five for the exponent, ten for the fraction. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
