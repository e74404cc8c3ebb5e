// Checks of options and labels. This is `@convoy/tensor/checks`, which loads no kernels.
export { flattenNumbers } from '../nested-numbers.ts';
export {
  type CheckedOptions,
  checkOptions,
  checkValues,
  choiceOf,
  flag,
  float32In,
  numberIn,
  type OptionCheck,
  type OptionChecker,
  type OptionChecks,
  type OptionsParameter,
  optional,
  optionChecker,
} from './check-options.ts';
export {
  checkSeed,
  finiteNumber,
  float32Number,
  type NumberRange,
  nonNegativeInteger,
  oneOf,
  positiveInteger,
} from './checks.ts';
export { checkLabels, type LabelRequirements } from './labels.ts';
export { adviceFor, closestName, synonymOf } from './option-advice.ts';
export { checkArrayLike, checkTensor } from './tensors.ts';
export { functionOf, listOf, recordOf, text } from './value-checks.ts';
