// What the help says about the argument of commands that take a model.
export const MODEL_ARGUMENT =
  'the name of a model (convoy models lists them), or the path of a module (.js, .mjs, .ts) ' +
  'that exports model: a model, or a function ({ input, classes }) that returns one';
