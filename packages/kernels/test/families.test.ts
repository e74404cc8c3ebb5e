// Every kernel family: the WebAssembly has the bits that the tree prescribes, −0 included.
import { test } from 'vitest';
import { expectSameBits, run } from './harness.ts';
import { interpret } from './interpreter.ts';
import { programs } from './programs.ts';

test.each(programs.map(([kernel, args]) => ({ name: kernel.name, kernel, args })))('$name', ({ kernel, args }) => {
  const actual = run(kernel, args);
  interpret(kernel, args).forEach((expected, i) => {
    expectSameBits(actual[i]!, expected);
  });
});
