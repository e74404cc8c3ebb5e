// Errors. This is `@convoy/tensor/errors`, which loads no kernels.
export { describeValue } from './describe-value.ts';
export {
  ConvoyError,
  type ConvoyErrorCode,
  type ConvoyErrorData,
  type ErrorData,
  type ErrorDetails,
  errorCatalogue,
  isConvoyError,
} from './errors.ts';
export { errorCode, errorMessage, fileError } from './file-error.ts';
