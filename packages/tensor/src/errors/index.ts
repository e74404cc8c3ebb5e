// Errors and the checks that throw them. This is `@convoy/tensor/errors`, which loads no kernels.
export { finiteNumber, type NumberRange, nonNegativeInteger, oneOf, positiveInteger } from './checks.ts';
export { describeValue } from './describe-value.ts';
export {
  ConvoyError,
  type ConvoyErrorCode,
  type ConvoyErrorData,
  type ErrorData,
  type ErrorDetails,
  errorCatalogue,
} from './errors.ts';
export { errorCode, errorMessage, fileError } from './file-error.ts';
export { checkLabels, type LabelRequirements } from './labels.ts';
