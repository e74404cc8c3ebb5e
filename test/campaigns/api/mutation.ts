// Makes arguments wrong: replaces one value in them, leaves one out, or adds an option with an unknown name.
import type { Choices } from './choices.ts';
import { hostileValues } from './hostile-values.ts';

export interface Mutation {
  readonly arguments: readonly unknown[];
  /** What was done, for reports. */
  readonly label: string;
  /** Whether an unknown option was added, which must be rejected. */
  readonly isUnknownOption: boolean;
}

/** Objects that take any names, such as parameters by name: unknown names are no mistake there. */
const records = new WeakSet<object>();

/** Marks an object whose names the user chooses. */
export function record<T extends object>(object: T): T {
  records.add(object);
  return object;
}

/** Objects that Convoy made. They are replaced as a whole. */
const made = new WeakSet<object>();

/** Marks an object that Convoy made, such as a model. */
export function whole<T extends object>(object: T): T {
  made.add(object);
  return object;
}

/** Where a value lies in the arguments: the object or list that has it, and its name there. */
interface Place {
  readonly holder: Record<string, unknown>;
  readonly name: string;
  readonly path: string;
}

const MAX_DEPTH = 3;
const UNKNOWN_NAMES = ['stride', 'weight_decay', 'optoins', 'learningrate', 'x', 'toString'];

/** @param original valid arguments, which are changed */
export function mutate(original: readonly unknown[], choices: Choices): Mutation {
  const list = [...original];
  const root = list as unknown as Record<string, unknown>;
  const options = optionObjects(list);
  if (options.length > 0 && choices.below(6) === 0) {
    const place = choices.of(options);
    const name = choices.of(UNKNOWN_NAMES);
    const object = place.holder[place.name] as Record<string, unknown>;
    place.holder[place.name] = { ...object, [name]: 1 };
    return { arguments: list, label: `${place.path} with the option ${name}`, isUnknownOption: !(name in object) };
  }
  const labels = Array.from({ length: choices.below(5) === 0 ? 2 : 1 }, () => replaceOne(root, choices));
  return { arguments: list, label: labels.join(', '), isUnknownOption: false };
}

/** How many values of the arguments can be replaced. */
export const placesOf = (list: readonly unknown[]): number =>
  placesIn(list as unknown as Record<string, unknown>, '', MAX_DEPTH).length;

function replaceOne(root: Record<string, unknown>, choices: Choices): string {
  const found = placesIn(root, '', MAX_DEPTH);
  // A call without arguments gets one.
  if (found.length === 0) found.push({ holder: root, name: '0', path: '0' });
  const { holder, name, path } = choices.of(found);
  if (choices.below(10) === 0 && !Array.isArray(holder)) {
    delete holder[name];
    return `without ${path}`;
  }
  const [label, value] = choices.of(hostileValues);
  holder[name] = value();
  return `${path}: ${label}`;
}

/** All values in lists and plain objects, except those deep inside. */
function placesIn(holder: Record<string, unknown>, prefix: string, depth: number): Place[] {
  return Object.keys(holder).flatMap((name) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const value = holder[name];
    const own: Place = { holder, name, path };
    return depth > 0 && isOpen(value) ? [own, ...placesIn(value, path, depth - 1)] : [own];
  });
}

const optionObjects = (list: readonly unknown[]): readonly Place[] =>
  placesIn(list as unknown as Record<string, unknown>, '', MAX_DEPTH).filter(({ holder, name }) => {
    const value = holder[name];
    return isOpen(value) && !Array.isArray(value) && !records.has(value);
  });

/** Whether a value is a list or a plain object that its user wrote. */
const isOpen = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) &&
  !Object.isFrozen(value) &&
  !made.has(value);
