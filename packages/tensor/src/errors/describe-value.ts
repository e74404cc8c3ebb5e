// How error messages show a value that a caller passed: as a short text on one line, for every kind of value.

const MAX_LENGTH = 60;
const MAX_ENTRIES = 20;
const MAX_DEPTH = 3;

/** A short text for any value: `2.5`, `"same"`, `[1, 28, 28]`, `a Float32Array of 12`, `undefined`. */
export function describeValue(value: unknown): string {
  return describe(value, MAX_DEPTH);
}

/** `depth` ends the recursion for arrays that contain themselves. */
function describe(value: unknown, depth: number): string {
  if (typeof value === 'string') return shorten(JSON.stringify(value));
  if (typeof value === 'bigint') return shorten(`${value}n`);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return depth === 0 ? '[…]' : shorten(`[${describeEntries(value, depth - 1)}]`);
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name} of ${lengthOf(value)}`;
  if (typeof value === 'object' && value !== null) return `an object (${value.constructor?.name ?? 'no prototype'})`;
  return String(value);
}

function lengthOf(view: ArrayBufferView): number {
  return view instanceof DataView ? view.byteLength : (view as Uint8Array).length;
}

function describeEntries(entries: readonly unknown[], depth: number): string {
  const shown = Array.from(entries.slice(0, MAX_ENTRIES), (entry) => describe(entry, depth));
  return [...shown, ...(entries.length > MAX_ENTRIES ? ['…'] : [])].join(', ');
}

function shorten(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`;
}
