// Operands by name: what TypeScript rejects, and what a routine rejects when it is built.
import { dense, type Kernel, pointwise, relu } from '@convoy/kernels';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { type Call, call } from '../../src/ops/call.ts';
import { Engine } from '../../src/ops/engine.ts';
import { Routine, samples, shared } from '../../src/ops/routine.ts';

const kernel = dense({ inFeatures: 3, outFeatures: 2 });
const withoutBias = dense({ inFeatures: 3, outFeatures: 2 }, { useBias: false });
const inputs = { x: samples(3), w: shared(6), bias: shared(2) };
const outputs = { y: samples(2) };

/** A call that TypeScript does not check, as if a kernel and a call of it disagreed. */
const unchecked = (called: Kernel, operands: Record<string, string>): Call => ({ kernel: called, operands });

const build = (one: Call, buffers: object = inputs) =>
  new Routine(
    { inputs: { ...buffers }, outputs, calls: [one] },
    new WebAssembly.Memory({ initial: 1, maximum: 65_536 }),
  );

describe('a call', () => {
  test('has the names of its buffers as its type', () => {
    const good = call(kernel, { x: 'a', w: 'b', bias: 'c', y: 'd' });
    expectTypeOf(good).toEqualTypeOf<Call<'a' | 'b' | 'c' | 'd'>>();
    expect(good.operands).toEqual({ x: 'a', w: 'b', bias: 'c', y: 'd' });
  });

  test('with a missing, unknown or numeric operand, or an unknown buffer, is an error of TypeScript', () => {
    // @ts-expect-error y is missing
    call(kernel, { x: 'x', w: 'w', bias: 'bias' });
    // @ts-expect-error slope is not an operand
    call(kernel, { x: 'x', w: 'w', bias: 'bias', y: 'y', slope: 'w' });
    // @ts-expect-error a number is not a buffer
    call(kernel, { x: 'x', w: 'w', bias: 'bias', y: 7 });
    const run = () =>
      new Engine(1).run(['dense'], 1, { x: new Float32Array(3), w: new Float32Array(6) }, () => ({
        inputs: { x: samples(3), w: shared(6) },
        outputs,
        // @ts-expect-error the routine has no buffer named output
        calls: [call(withoutBias, { x: 'x', w: 'w', y: 'output' })],
      }));
    expect(run).toThrow("The operand 'y' of the kernel 'dense' is not bound to a buffer.");
  });
});

describe('a routine', () => {
  test('accepts a call that fits', () => {
    expect(() => build(call(kernel, { x: 'x', w: 'w', bias: 'bias', y: 'y' }))).not.toThrow();
  });

  test('accepts an operand that neither the kernel nor the routine has', () => {
    const { bias: _, ...others } = inputs;
    const one = call(withoutBias, { x: 'x', w: 'w', bias: 'bias', y: 'y' });
    expect(() => build(one, { ...others, bias: undefined })).not.toThrow();
    expect(() => build(one)).toThrow("The kernel 'dense' has no operand 'bias'. Its operands are x, w, y.");
  });

  test.each<[string, Call, string]>([
    [
      'a missing operand',
      unchecked(kernel, { x: 'x', w: 'w', y: 'y' }),
      "The operand 'bias' of the kernel 'dense' is not bound to a buffer.",
    ],
    [
      'an unknown operand',
      unchecked(kernel, { x: 'x', w: 'w', bias: 'bias', y: 'y', slope: 'w' }),
      "The kernel 'dense' has no operand 'slope'. Its operands are x, w, bias, y.",
    ],
    [
      'a buffer that is too small',
      unchecked(kernel, { x: 'x', w: 'bias', bias: 'bias', y: 'y' }),
      "The operand 'w' of the kernel 'dense' needs 6 elements, but the buffer 'bias' has only 2.",
    ],
    [
      'numbers for all samples where each sample has its own',
      unchecked(pointwise(2, relu), { x: 'bias', y: 'y' }),
      "The operand 'x' of the kernel 'pointwise' needs 16 elements, but the buffer 'bias' has only 2.",
    ],
    [
      'an operand that is not a buffer',
      unchecked(
        { ...pointwise(2, relu), parameters: [{ name: 'first', kind: 'index', variable: { name: 'first' } }] },
        { first: 'x' },
      ),
      "The operand 'first' of the kernel 'pointwise' is a number. Routines bind only buffers.",
    ],
  ])('rejects %s', (_, one, message) => {
    expect(() => build(one)).toThrow(message);
  });
});
