// The header of a .npy file, the format of NumPy (numpy.lib.format, versions 1.0, 2.0 and 3.0): the magic, the version,
// the length of a Python literal such as {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }, the literal, and
// then the elements.
import { ConvoyError } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { type ArrayHeader, checkHeader, incompleteHeader, type OpenedArray } from './array-header.ts';
import { type ByteSource, DOWNLOAD_AGAIN } from './file-bytes.ts';
import type { Element } from './number-elements.ts';

const MAGIC = '\x93NUMPY';
/** NumPy reads no headers above 10 000 bytes, and writes no arrays of more than 64 dimensions. */
const MAX_LITERAL_BYTES = 10_000;
const MAX_DIMENSIONS = 64;

const elements: Readonly<Record<string, Element>> = {
  b1: 'bool',
  u1: 'uint8',
  i1: 'int8',
  u2: 'uint16',
  i2: 'int16',
  u4: 'uint32',
  i4: 'int32',
  u8: 'uint64',
  i8: 'int64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

/**
 * Reads the header at the beginning of a source.
 * @throws ConvoyError CONVOY_FILE_FORMAT
 */
export async function openNpy(source: ByteSource): Promise<OpenedArray> {
  const { bytes, description } = source;
  const start = await bytes.take(8);
  if (start.length < 8) throw incompleteHeader('npy', source, start.length);
  const [major, minor] = start.subarray(6) as unknown as [number, number];
  const isNpy = Buffer.from(start.subarray(0, 6)).toString('latin1') === MAGIC;
  if (!isNpy || major < 1 || major > 3 || minor !== 0) throw foreign(description, start);

  const lengthBytes = major === 1 ? 2 : 4;
  const length = await bytes.take(lengthBytes);
  if (length.length < lengthBytes) throw incompleteHeader('npy', source, 8 + length.length);
  const literalBytes = Buffer.from(length).readUIntLE(0, lengthBytes);
  if (literalBytes > MAX_LITERAL_BYTES) throw tooLong(description, literalBytes);
  const literal = await bytes.take(literalBytes);
  const headerBytes = 8 + lengthBytes + literalBytes;
  if (literal.length < literalBytes) throw incompleteHeader('npy', source, headerBytes - literalBytes + literal.length);
  const text = Buffer.from(literal).toString(major === 3 ? 'utf8' : 'latin1');
  const header: ArrayHeader = { format: 'npy', headerBytes, ...parseLiteral(text, description) };
  checkHeader(header, source);
  return { source, header };
}

/** The keys of the dictionary, in any order, with the form of their values. */
const FIELDS = {
  descr: /^'([<>|])([a-z]\d+)'$/,
  fortran_order: /^(True|False)$/,
  // A tuple of one number has a comma behind it. Python 2 wrote numbers such as 3L.
  shape: /^\((?:\d{1,20}L?,(?: ?\d{1,20}L?(?:, ?\d{1,20}L?)*,?)?)?\)$/,
};

function parseLiteral(text: string, description: string) {
  const { descr, fortran_order, shape } = fieldsOf(text, description);
  const [, order, kind] = FIELDS.descr.exec(descr.replaceAll('"', "'")) ?? [];
  const element = kind === undefined ? undefined : elements[kind];
  const hasOrder = order !== '|' || kind?.endsWith('1');
  if (element === undefined || !hasOrder) throw wrongElement(description, descr);
  if (!FIELDS.fortran_order.test(fortran_order) || !FIELDS.shape.test(shape)) throw wrongLiteral(description, text);
  const extents = (shape.match(/\d+/g) ?? []).map(Number);
  if (extents.length > MAX_DIMENSIONS) throw wrongLiteral(description, text);
  return { element, littleEndian: order !== '>', fortranOrder: fortran_order === 'True', shape: extents };
}

/** The texts of the three values. A value is a text in quotes, a tuple, a list, or a word. */
function fieldsOf(text: string, description: string): Readonly<Record<keyof typeof FIELDS, string>> {
  const fields = new Map<string, string>();
  const [, inside] = /^\s*\{(.*)\}\s*$/s.exec(text) ?? [];
  if (inside === undefined) throw wrongLiteral(description, text);
  const field = /\s*(['"])(\w+)\1\s*:\s*('[^']*'|"[^"]*"|\([^()]*\)|\[[^\]]*\]|\w+)\s*(?:,|$)/y;
  for (let end = 0; end < inside.trimEnd().length; end = field.lastIndex) {
    const [, , key, value] = field.exec(inside) ?? [];
    if (key === undefined || value === undefined || fields.has(key)) throw wrongLiteral(description, text);
    fields.set(key, value);
  }
  const names = Object.keys(FIELDS);
  if (fields.size !== names.length || !names.every((name) => fields.has(name))) throw wrongLiteral(description, text);
  return Object.fromEntries(fields) as Record<keyof typeof FIELDS, string>;
}

const foreign = (description: string, start: Uint8Array) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${description}, whose content begins with the bytes ${Buffer.from(start).toString('hex')}`,
    expected: 'a .npy file of the version 1.0, 2.0 or 3.0, which begins with 934e554d5059',
    fix: 'Pass the path of a file that numpy.save has written.',
  });

const tooLong = (description: string, bytes: number) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${description} with an npy header of ${bytes} bytes`,
    expected: `a header of at most ${MAX_LITERAL_BYTES} bytes`,
    fix: DOWNLOAD_AGAIN,
  });

const wrongLiteral = (description: string, text: string) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${description} with the npy header ${describeValue(text)}`,
    expected: "a dictionary with descr, fortran_order and shape, such as { 'descr': '<f4', … 'shape': (3, 4) }",
    fix: 'Write the array again with numpy.save.',
  });

const wrongElement = (description: string, descr: string) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${description} with elements of the type ${descr.slice(0, 60)}`,
    expected: 'bool, float16, float32, float64, or integers of 1, 2, 4 or 8 bytes',
    fix: "Convert the array before it is saved, for example with x.astype('float32').",
  });
