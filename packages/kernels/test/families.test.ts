// Every kernel family: the WebAssembly has the bits that the tree prescribes, −0 included.
import { expect, test } from 'vitest';
import { examples } from './cases/table.ts';
import { expectSameBits, run } from './harness.ts';
import { interpret } from './interpreter.ts';

test.each(examples)('$name', ({ problems }) => {
  for (const { kernel, contents } of problems()) {
    const { scratch, ...actual } = run(kernel, contents) as Readonly<Record<string, Float32Array>>;
    const { scratch: _, ...expected } = interpret(kernel, contents);
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    for (const [name, values] of Object.entries(expected)) expectSameBits(actual[name]!, values);
  }
});
