// Labels that are collected one after another, as numbers or as the names of classes.
import { ConvoyError } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { GrowingArray } from './growing-array.ts';

/** Labels and their classes. */
export interface ClassLabels {
  /** (length) */
  readonly labels: Int32Array<SharedArrayBuffer>;
  readonly classes: number;
  readonly classNames?: readonly string[];
}

/** What is known about the classes before the labels are read. */
export interface KnownClasses {
  readonly classes: number | undefined;
  readonly classNames: readonly string[] | undefined;
}

/** A label, where it was first, and its number among the different labels in the order of their appearance. */
interface Seen {
  readonly where: () => string;
  readonly number: number;
}

const WHOLE_NUMBER = /^\d+(?:\.0*)?$/;
/** A decimal number, as people and programs write it. */
export const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Labels as texts. Labels that are whole numbers stay as they are; other labels are the names of classes, which are
 * numbered in the sort order of their names.
 */
export class LabelCollector {
  readonly #numbers = new GrowingArray<Int32Array<SharedArrayBuffer>>(Int32Array);
  readonly #seen = new Map<string, Seen>();

  /**
   * @param where where the label is, for messages
   * @throws ConvoyError CONVOY_INVALID_LABEL, CONVOY_OUT_OF_MEMORY
   */
  push(label: string, where: () => string): void {
    const number = this.#seen.get(label)?.number ?? this.#seen.size;
    if (label === '') throw empty(where());
    if (number === this.#seen.size) this.#seen.set(label, { where, number });
    this.#numbers.push(number);
  }

  /** @throws ConvoyError CONVOY_INVALID_LABEL, CONVOY_OUT_OF_MEMORY */
  finish(known: KnownClasses): ClassLabels {
    const { numbers, ...rest } = this.#classesOf(known);
    const labels = this.#numbers.finish();
    for (let i = 0; i < labels.length; i++) labels[i] = numbers[labels[i] as number] as number;
    return { labels, ...rest };
  }

  /** The label of each different text, in the order of their appearance. */
  #classesOf({ classes, classNames }: KnownClasses) {
    const texts = [...this.#seen.keys()];
    const given = new Set(classNames);
    const areNamed = classNames !== undefined && texts.every((text) => given.has(text));
    const areNumbers = texts.every((text) => NUMBER.test(text));
    if (!areNamed && (areNumbers || classNames !== undefined)) {
      const count = classes ?? classNames?.length;
      const numbers = texts.map((text) => this.#wholeNumber(text, count, classNames));
      const greatest = numbers.reduce((max, number) => Math.max(max, number), 0);
      return { numbers, classes: count ?? greatest + 1, ...(classNames && { classNames }) };
    }
    // The default order of texts is that of their UTF-16 code units, which is the same in every locale.
    const names = classNames ?? texts.toSorted();
    if (classNames === undefined && classes !== undefined && classes !== names.length) throw this.#otherCount(classes);
    const numberOf = new Map(names.map((name, i) => [name, i]));
    return {
      numbers: texts.map((text) => numberOf.get(text) as number),
      classes: classes ?? names.length,
      classNames: names,
    };
  }

  #otherCount(classes: number): ConvoyError {
    const [first] = this.#seen.values();
    return new ConvoyError('CONVOY_INVALID_LABEL', {
      given: `${this.#seen.size} different labels that are no numbers, the first one ${first?.where()}`,
      expected: `${classes} of them, the names of all classes`,
      fix: 'Pass classNames with the names of all classes, also of those without samples.',
    });
  }

  #wholeNumber(text: string, classes: number | undefined, names: readonly string[] | undefined): number {
    const number = Number(text);
    if (WHOLE_NUMBER.test(text) && number < (classes ?? 2 ** 31 - 1)) return number;
    const range = classes === undefined ? 'of 0 or more' : `from 0 to ${classes - 1}`;
    throw new ConvoyError('CONVOY_INVALID_LABEL', {
      given: `the label ${describeValue(text)} ${this.#seen.get(text)?.where()}`,
      expected: `a whole number ${range}${names === undefined ? '' : ', or one of the class names'}`,
      fix: 'Correct the label, or pass classNames with all labels in the order of the classes.',
    });
  }
}

const empty = (where: string) =>
  new ConvoyError('CONVOY_INVALID_LABEL', {
    given: `an empty label ${where}`,
    expected: 'the number or the name of a class',
    fix: 'Add the label, or remove the sample.',
  });
