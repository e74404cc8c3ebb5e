// Precision, recall and F1 of each class.
import { ConvoyError, formatShape, type Tensor } from '@convoy/tensor';
import { isObject } from '@convoy/tensor/builtins';
import { checkTensor, listOf, optional, text } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { formatTable } from '@convoy/tensor/table';

/** Fractions from 0 to 1; 0 if the denominator is 0. */
export interface ClassRates {
  /** The fraction of the samples predicted as the class that are of the class. */
  readonly precision: number;
  /** The fraction of the samples of the class that were predicted as the class. */
  readonly recall: number;
  /** The harmonic mean of precision and recall: 2 · right / (samples of the class + samples predicted as the class). */
  readonly f1: number;
}

/** The rates of one class. */
export interface ClassScores extends ClassRates {
  /** The name of the class, if names were given. */
  readonly name?: string;
  /** The number of samples of the class. */
  readonly support: number;
}

/** The rates of all classes, and their means. */
export interface ClassReport {
  /** In the order of the labels. */
  readonly classes: readonly ClassScores[];
  /** Means over all classes, with equal weights; classes without samples count as well. */
  readonly macro: ClassRates;
  /** The fraction of all samples that were predicted right. */
  readonly accuracy: number;
  /** The number of all samples. */
  readonly support: number;
}

/**
 * Precision, recall and F1 of each class.
 *
 * @param matrix (classes, classes), counts with a row for each true class and a column for each predicted one, as `confusionMatrix` gives it
 * @param names the names of the classes, in the order of the labels
 * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_SHAPE_MISMATCH; CONVOY_INVALID_OPTION unless there is a name for each class
 */
export function classReport(matrix: Tensor, names?: readonly string[]): ClassReport {
  const size = sizeOfSquare(matrix);
  checkNames(names, size);
  const count = (row: number, column: number) => matrix.data[row * size + column] as number;
  const indices = Array.from({ length: size }, (_, i) => i);
  const classes = indices.map((c): ClassScores => {
    const right = count(c, c);
    const support = sum(indices.map((column) => count(c, column)));
    const predicted = sum(indices.map((row) => count(row, c)));
    return {
      ...(names && { name: names[c] as string }),
      precision: fraction(right, predicted),
      recall: fraction(right, support),
      f1: fraction(2 * right, support + predicted),
      support,
    };
  });
  const mean = (rate: keyof ClassRates) => fraction(sum(classes.map((scores) => scores[rate])), size);
  const support = sum(classes.map((scores) => scores.support));
  return {
    classes,
    macro: { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') },
    accuracy: fraction(sum(indices.map((c) => count(c, c))), support),
    support,
  };
}

/**
 * Formats a report as a table: one line per class, then the macro averages and the accuracy.
 *
 * @param names the names of the classes; default those of the report, or their numbers
 * @throws ConvoyError CONVOY_INVALID_DATA for what is no report, CONVOY_INVALID_OPTION unless there is a name for each
 * class
 */
export function formatClassReport(report: ClassReport, names?: readonly string[]): string {
  const { classes, macro, accuracy, support } = checkedReport(report);
  checkNames(names, classes.length);
  const cells = ({ precision, recall, f1 }: ClassRates) => [precision, recall, f1].map(threeDecimals);
  const rows = [
    ['class', 'precision', 'recall', 'f1', 'support'],
    ...classes.map((scores, c) => [names?.[c] ?? scores.name ?? String(c), ...cells(scores), whole(scores.support)]),
    ['macro average', ...cells(macro), whole(support)],
    ['accuracy', '', '', threeDecimals(accuracy), whole(support)],
  ];
  return formatTable(rows, { header: 1, footer: 2 });
}

/** @throws ConvoyError CONVOY_INVALID_OPTION */
function checkNames(names: readonly string[] | undefined, classes: number): void {
  optional(listOf(text))('names', names);
  if (names === undefined || names.length === classes) return;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${names.length} names for a report of ${classes} classes`,
    expected: 'one name per class',
    fix: 'Pass a name for every class, in the order of the labels, or no names.',
  });
}

function sizeOfSquare(matrix: Tensor): number {
  const { shape } = checkTensor('matrix', matrix);
  const [rows, columns] = shape;
  if (shape.length === 2 && rows !== undefined && rows === columns) return rows;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `a matrix of shape ${formatShape(shape)}`,
    expected: 'a row and a column for each class: [classes, classes]',
    fix: 'Pass what confusionMatrix returns.',
  });
}

function checkedReport(report: ClassReport): ClassReport {
  const isRates = (value: unknown, names: readonly string[]) =>
    isObject(value) && names.every((name) => typeof Reflect.get(value, name) === 'number');
  const rates = ['precision', 'recall', 'f1'];
  if (
    isRates(report, ['accuracy', 'support']) &&
    isRates(report.macro, rates) &&
    Array.isArray(report.classes) &&
    report.classes.every((scores) => isRates(scores, [...rates, 'support']))
  ) {
    return report;
  }
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(report)} as a report`,
    expected: 'a report of the classes',
    fix: 'Pass what classReport returns.',
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, x) => total + x, 0);
const fraction = (part: number, all: number): number => (all === 0 ? 0 : part / all);
const threeDecimals = (x: number): string => x.toFixed(3);
const whole = (x: number): string => x.toLocaleString('en-US');
