// The kinds of JavaScript's own objects. `instanceof` fails for objects of another realm: of a node:vm context, of a
// test in jest, of another window. These checks work in every realm, in Node and in browsers. They load no kernels.

type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

// The getter reads an internal slot, which no other object can imitate.
const { get: typedArrayTag } = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
) as { readonly get: () => string | undefined };

/** The name of a typed array's constructor, such as 'Float32Array'; undefined for any other value. */
export const typedArrayName = (value: unknown): string | undefined => Reflect.apply(typedArrayTag, value, []);

/** Whether a value is a typed array of numbers or of big integers. A DataView is none. */
export const isTypedArray = (value: unknown): value is TypedArray => typedArrayName(value) !== undefined;

/** Whether a value is a Float32Array. */
export const isFloat32Array = (value: unknown): value is Float32Array => typedArrayName(value) === 'Float32Array';

/** Whether a value is a Float64Array. */
export const isFloat64Array = (value: unknown): value is Float64Array => typedArrayName(value) === 'Float64Array';

/** Whether a value is a Uint8Array; also a Buffer of Node. */
export const isUint8Array = (value: unknown): value is Uint8Array => typedArrayName(value) === 'Uint8Array';

/** Whether a value is an Int32Array. */
export const isInt32Array = (value: unknown): value is Int32Array => typedArrayName(value) === 'Int32Array';

/** Whether a value is an ArrayBuffer; a SharedArrayBuffer is none. */
export const isArrayBuffer = (value: unknown): value is ArrayBuffer => tagOf(value) === 'ArrayBuffer';

/** Whether a value is a SharedArrayBuffer. */
export const isSharedArrayBuffer = (value: unknown): value is SharedArrayBuffer => tagOf(value) === 'SharedArrayBuffer';

/** Whether a value is a Map. */
export const isMap = (value: unknown): value is Map<unknown, unknown> => tagOf(value) === 'Map';

/** Whether a value is an error: an object with a name and a message, so also a DOMException. */
export const isError = (value: unknown): value is Error =>
  isObject(value) && 'name' in value && isText(value.name) && 'message' in value && isText(value.message);

/** Whether a value is a promise, or any other object with a method `then`. */
export const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  isObject(value) && 'then' in value && typeof value.then === 'function';

/** Whether a value is an object with an iterator. A string is none. */
export const isIterable = (value: unknown): value is Iterable<unknown> =>
  isObject(value) && Symbol.iterator in value && typeof value[Symbol.iterator] === 'function';

/** Whether a value is a function that can be called, which a class cannot be. */
export const isFunction = (value: unknown): value is (...values: never[]) => unknown =>
  typeof value === 'function' && !isClass(value);

/** Whether a value is a class; its only trace is the text of its source. */
export const isClass = (value: unknown): boolean =>
  typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));

/** Whether a value is an object, but not a function. */
export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isText = (value: unknown): boolean => typeof value === 'string';

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice('[object '.length, -1);
