// Checks of data sets against the plan of a model.
import { checkDataset, type Dataset, type Labels } from '@convoy/datasets';
import type { Plan } from '@convoy/layers/runtime';
import { ConvoyError, formatShape, type Shape, sameShape } from '@convoy/tensor';

/** @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_DATA if a model with this plan cannot learn from the data */
export function checkData(name: string, dataset: Dataset, plan: Plan): void {
  checkInputs(name, dataset, plan);
  checkTargets(name, dataset.targets, plan);
}

/** @throws ConvoyError CONVOY_SHAPE_MISMATCH if the inputs do not fit a model with this plan; CONVOY_INVALID_DATA if they are no data set */
export function checkInputs(name: string, dataset: Dataset, plan: Plan): void {
  const { sampleShape } = checkDataset(name, dataset);
  if (sameShape(sampleShape, plan.input)) return;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `${name} with samples of shape ${formatShape(sampleShape)}`,
    expected: `${formatShape(plan.input)}, the model's input`,
    fix: "Build the model with the data's sampleShape as its input.",
  });
}

function checkTargets(name: string, targets: Dataset['targets'], { targets: form, output }: Plan): void {
  // A data set stores all targets that are not labels as values, whatever they mean.
  const kind = form.kind === 'labels' ? 'labels' : 'values';
  // A loss that takes a probability for each class gets labels as 1 and 0.
  if (form.kind === 'oneHot' && targets.kind === 'labels') {
    checkClasses(name, targets, form, output);
    return;
  }
  if (targets.kind !== kind) {
    throw new ConvoyError('CONVOY_INVALID_DATA', {
      given: `${name} with ${targets.kind} as targets`,
      expected: `${kind}, which the loss compares with`,
      fix: 'Change the loss, or the targets of the data.',
    });
  }
  if (targets.kind === 'labels' && targets.classes > (output[0] as number)) {
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `${name} with ${targets.classes} classes for a model with ${output[0]} outputs`,
      expected: 'at least one output per class',
      fix: `Give the last layer ${targets.classes} units or filters.`,
    });
  }
  if (!sameShape(targets.shape, form.shape)) {
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `${name} with ${targets.kind === 'labels' ? 'labels' : 'targets'} of shape ${formatShape(targets.shape)}`,
      expected: `${formatShape(form.shape)}, as the model's output has the shape ${formatShape(output)}`,
      fix: 'Change the last layer of the model, or the shape of the targets.',
    });
  }
  if (targets.kind === 'labels' && targets.ignoreLabel !== undefined && targets.ignoreLabel !== form.ignoreLabel) {
    throw new ConvoyError('CONVOY_INVALID_DATA', {
      given: `${name} with the ignored label ${targets.ignoreLabel}`,
      expected: 'a loss that ignores it',
      fix: `Set ignoreLabel: ${targets.ignoreLabel} in the loss.`,
    });
  }
}

function checkClasses(name: string, targets: Labels, form: Plan['targets'], output: Shape): void {
  const { classes, shape, ignoreLabel } = targets;
  if (
    sameShape([output[0] as number, ...shape], form.shape) &&
    classes <= (output[0] as number) &&
    ignoreLabel === undefined
  ) {
    return;
  }
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `${name} with labels of shape ${formatShape(shape)} of ${classes} classes${ignoreLabel === undefined ? '' : `, and the ignored label ${ignoreLabel}`}`,
    expected: `labels for a loss that takes a probability for each class, of shape ${formatShape(form.shape)}`,
    fix: `Give the last layer ${classes} units or filters, or use the loss with targets: 'labels'.`,
  });
}

/** @throws ConvoyError CONVOY_INVALID_DATA if the data has no classes */
export function labelsOf({ targets }: Dataset): Extract<Dataset['targets'], { kind: 'labels' }> {
  if (targets.kind === 'labels') return targets;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: 'data with values as targets',
    expected: 'labels, the class of each sample',
    fix: 'Call evaluate, which gives the scores of any model.',
  });
}
