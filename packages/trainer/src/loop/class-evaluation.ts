// How well a classifier recognizes each class.
import type { Dataset } from '@convoy/datasets';
import { type ClassReport, classReport, confusionMatrix, type Scores } from '@convoy/layers';
import type { Tensor } from '@convoy/tensor';
import { labelsOf } from './data-checks.ts';
import type { Evaluation } from './evaluation.ts';

/** The results of a classifier on a data set. */
export interface ClassEvaluation {
  /** The scores that `evaluate` returns. */
  readonly scores: Scores;
  /** (classes, classes): how many samples of each class (row) were predicted as each class (column). */
  readonly confusionMatrix: Tensor;
  /** Precision, recall and F1 of each class; `formatClassReport` makes a table of it. */
  readonly classReport: ClassReport;
}

/** @throws ConvoyError as `Evaluation.evaluate`; CONVOY_INVALID_DATA, CONVOY_NOT_FINITE */
export async function evaluateClasses(
  evaluation: Evaluation,
  dataset: Dataset,
  weights: number,
  signal: AbortSignal | undefined,
): Promise<ClassEvaluation> {
  const { labels, classNames, ignoreLabel } = labelsOf(dataset);
  const scores = await evaluation.evaluate(dataset, weights, signal);
  const outputs = await evaluation.predict(dataset, weights, signal);
  const matrix = confusionMatrix(outputs, labels, ignoreLabel);
  return { scores, confusionMatrix: matrix, classReport: classReport(matrix, namesFor(matrix, classNames)) };
}

/** A model may have more outputs than the data has classes; these are known by their numbers. */
function namesFor({ shape }: Tensor, names: readonly string[] | undefined): readonly string[] | undefined {
  return names && Array.from({ length: shape[0] as number }, (_, i) => names[i] ?? String(i));
}
