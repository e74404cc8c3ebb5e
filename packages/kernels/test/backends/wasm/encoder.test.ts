// Every construct of the kernel language: the encoded WebAssembly has the bits of the interpreter.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeModule, ModuleEncoder, unrollByDefault } from '../../../src/backends/wasm/module.ts';
import {
  absolute,
  add,
  and,
  convert,
  divide,
  equalTo,
  exponent,
  lane,
  lanes,
  lessOrEqual,
  lessThan,
  load,
  loadScalar,
  mantissa,
  max,
  min,
  multiply,
  nearest,
  not,
  or,
  powerOfTwo,
  scalarAdd,
  scalarMultiply,
  select,
  splat,
  squareRoot,
  subtract,
  sumLanes,
} from '../../../src/language/floats.ts';
import {
  both,
  ceilDivide,
  equal,
  Index,
  type IndexValue,
  less,
  maximum,
  minimum,
} from '../../../src/language/index-expression.ts';
import {
  addIntegers,
  fraction,
  loadIntegers,
  multiplyIntegers,
  shiftRight,
  splatInteger,
  xor,
} from '../../../src/language/integers.ts';
import type { Kernel } from '../../../src/language/kernel.ts';
import { type KernelBuilder, kernel } from '../../../src/language/kernel-builder.ts';
import { cells, cellsOf, scalars, scalarsIn, scalarsOf } from '../../../src/language/operands.ts';
import type { IntegerVector, Vector } from '../../../src/language/value.ts';
import { type Content, expectSameBits, run, values } from '../../harness.ts';
import { interpret } from '../../interpreter.ts';
import { seeds } from '../../shapes.ts';

/**
 * Runs the kernel with the encoder and with the interpreter on the contents of its operands, in order. Returns the
 * content of its last buffer.
 */
function agreed(program: Kernel, args: readonly Content[]): Float32Array {
  const contents = Object.fromEntries(program.parameters.map(({ name }, i) => [name, args[i]]));
  const actual: Readonly<Record<string, Float32Array>> = run(program, contents);
  for (const [name, expected] of Object.entries(interpret(program, contents))) expectSameBits(actual[name]!, expected);
  return Object.values(actual).at(-1)!;
}

describe('float operations', () => {
  const x = Float32Array.of(
    0,
    -0,
    1,
    -1.5,
    2.5,
    3.5,
    -2.5,
    0.1,
    1e-45,
    -1e-38,
    3e38,
    -Infinity,
    Infinity,
    NaN,
    7,
    1 / 3,
  );
  const y = Float32Array.of(-0, 0, NaN, -1.5, 3, 0.1, -2, 7, 1e-45, 1e-38, 3e38, -Infinity, -Infinity, NaN, 1e-40, -3);

  const vectorOf = (expression: (a: Vector, b: Vector) => Vector) =>
    kernel('vector', { x: cells(2), y: cells(2), z: cells(2) }, (k, { x, y, z }) =>
      k.loop('i', 0, 2, (i) => k.store(z(i), expression(load(x(i)), load(y(i))))),
    );

  test.each<[string, (a: Vector, b: Vector) => Vector]>([
    ['add', add],
    ['subtract', subtract],
    ['multiply', multiply],
    ['divide', divide],
    ['min', min],
    ['max', max],
    ['absolute', absolute],
    ['squareRoot', squareRoot],
    ['nearest', nearest],
    ['select by equal', (a, b) => select(equalTo(a, b), a, b)],
    ['select by less', (a, b) => select(lessThan(a, b), a, b)],
    ['select by less or equal', (a, b) => select(lessOrEqual(a, b), a, b)],
    ['select by not', (a, b) => select(not(lessThan(a, b)), a, b)],
    ['select by and', (a, b) => select(and(lessThan(a, b), lessThan(a, 0)), a, b)],
    ['select by or', (a, b) => select(or(lessThan(a, b), lessThan(a, 0)), a, b)],
    ['select or zero', (a, b) => select(lessThan(a, b), a, 0)],
    ['zero or select', (a, b) => select(lessThan(a, b), 0, b)],
    ['select or negative zero', (a, b) => select(lessThan(a, b), a, -0)],
    ['select from zeros', (a, b) => select(lessThan(a, b), 0, 0)],
    ['uniform', (a) => multiply(a, select(lessThan(splat(2), 3), 5, 7))],
  ])('%s', (_, expression) => {
    agreed(vectorOf(expression), [x, y, new Float32Array(16)]);
  });

  test('the parts of floats', () => {
    const normal = Float32Array.from(values(16, 1, 1), (v) => Math.abs(v) * 2 ** (200 * v));
    const integers = Float32Array.from({ length: 16 }, (_, i) => [-126, 127, 0, -1, 1, 64][i % 6]!);
    agreed(vectorOf(exponent), [normal, y, new Float32Array(16)]);
    agreed(vectorOf(mantissa), [normal, y, new Float32Array(16)]);
    agreed(vectorOf(powerOfTwo), [integers, y, new Float32Array(16)]);
  });

  test('lanes: of loads, of sums of lanes, of anything', () => {
    const program = kernel(
      'lanes',
      { bytes: scalarsOf('u8', 9), x: cells(8), z: cells(5, 2) },
      (k, { bytes, x: vector, z }) => {
        const all = Array.from({ length: 8 }, (_, n) => n);
        const number = scalarsIn(vector.buffer, [64]);
        const numbers = scalarsIn(z.buffer, [80]);
        k.loop('i', 0, 2, (i) => {
          const at = (part: number) => z(part, i);
          k.store(at(0), lanes(all.map((n) => loadScalar(number(i.plus(7 * n))))));
          k.store(at(1), lanes(all.map((n) => sumLanes(multiply(load(vector(n)), load(vector(i)))))));
          k.store(at(2), lanes(all.map((n) => loadScalar(bytes(i.plus(n))))));
          k.store(at(3), lanes(all.map((n) => (n % 2 === 0 ? sumLanes(load(vector(n))) : n))));
          const named = k.let('named', lanes(all.map((n) => lane(load(vector(i)), 7 - n))));
          for (const n of all) k.storeScalar(numbers(i.times(8).plus(64 + n)), lane(named, (n + 3) % 8));
        });
      },
    );
    const bytes = Uint8Array.of(0, 1, 2, 128, 255, 254, 3, 4, 5);
    const z = agreed(program, [bytes, new Float32Array(values(64, 1, 1)), new Float32Array(80)]);
    expect(z[34]).toBe(2);
  });

  test('scalars: constants, parameters, bytes, integers, lanes, sums of lanes in their tree', () => {
    const program = kernel(
      'scalars',
      { bytes: scalarsOf('u8', 9), x: cells(1), n: 'index', factor: 'f32', z: scalars(20) },
      (k, { bytes, x: vector, n, factor, z: place }) => {
        const value = k.let('x', load(vector(0)));
        k.storeScalar(place(0), scalarMultiply(factor, loadScalar(bytes(n))));
        k.storeScalar(place(1), convert(n.times(-3).plus(1)));
        k.storeScalar(place(2), scalarAdd(sumLanes(value), 0.1));
        const named = k.letScalar('named', scalarMultiply(lane(value, 1), lane(value, 6)));
        k.storeScalar(place(3), scalarAdd(named, named));
        k.store(place(4), splat(named));
        k.store(place(12), splat(loadScalar(bytes(n.minus(1)))));
      },
    );
    const wide = Float32Array.of(1e8, 1, -1e8, 3, 5e7, 0.5, -5e7, 1 / 3);
    const args = [Uint8Array.of(0, 1, 2, 128, 255, 254, 3, 4, 5), wide, 4, Math.fround(0.1), new Float32Array(20)];
    const z = agreed(program, args);
    expect(z[0]).toBe(Math.fround(Math.fround(0.1) * 255));
    expect(z[1]).toBe(-11);
  });

  test('an assignment may read the variable it sets, in any of its lanes', () => {
    const program = kernel('cell', { x: cells(2), z: cells(1) }, (k, { x, z }) => {
      const sum = k.variable('sum', load(x(0)));
      sum.set(add(splat(lane(sum.value, 7)), splat(sumLanes(sum.value))));
      k.store(z(0), sum.value);
    });
    agreed(program, [Float32Array.from(values(16, 1, 1)), new Float32Array(8)]);
  });
});

describe('integer operations', () => {
  const edges = [0, 1, 2, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff];
  const numbers = Uint32Array.from({ length: 64 }, (_, i) => edges[i] ?? Math.imul(i, 0x9e3779b9));
  const others = numbers.toReversed();

  /** The results of the kernel for both arrays, as bits. */
  function bitsOf(expression: (a: IntegerVector, b: IntegerVector) => IntegerVector): number[] {
    const program = kernel(
      'integers',
      { x: cellsOf('u32', 8), y: cellsOf('u32', 8), z: cellsOf('u32', 8) },
      (k, { x, y, z }) => k.loop('i', 0, 8, (i) => k.store(z(i), expression(loadIntegers(x(i)), loadIntegers(y(i))))),
    );
    return [...new Uint32Array(agreed(program, [numbers, others, new Float32Array(64)]).buffer)];
  }

  test.each<[string, (a: IntegerVector, b: IntegerVector) => IntegerVector, (a: number, b: number) => number]>([
    ['load', (a) => a, (a) => a],
    ['add', addIntegers, (a, b) => a + b],
    ['multiply', multiplyIntegers, Math.imul],
    ['xor', xor, (a, b) => a ^ b],
    ['shift by 0', (a) => shiftRight(a, 0), (a) => a],
    ['shift by 1', (a) => shiftRight(a, 1), (a) => a >>> 1],
    ['shift by 16', (a) => shiftRight(a, 16), (a) => a >>> 16],
    ['shift by 31', (a) => shiftRight(a, 31), (a) => a >>> 31],
    ['constants', (a) => addIntegers(multiplyIntegers(a, 0xdeadbeef), -3), (a) => Math.imul(a, 0xdeadbeef) - 3],
  ])('%s', (_, expression, inJavaScript) => {
    expect(bitsOf(expression)).toEqual(Array.from(numbers, (a, i) => inJavaScript(a, others[i]!) >>> 0));
  });

  test('indices of loops, unrolled or not, and parameters', () => {
    const program = kernel('indices', { n: 'index', z: cellsOf('u32', 2, 3) }, (k, { n, z: at }) => {
      k.loop('i', 0, 3, (i) => k.store(at(0, i), k.letIntegers('index', splatInteger(i.times(-5).plus(n)))));
      k.unrolled('i', 0, 3, (i) => k.store(at(1, i), splatInteger(i.plus(n).plus(0xffffffff))));
    });
    const z = new Uint32Array(agreed(program, [7, new Float32Array(48)]).buffer);
    expect([0, 8, 16, 24, 32, 40].map((first) => z[first])).toEqual([7, 2, -3 >>> 0, 6, 7, 8]);
    expect(z.every((value, i) => value === z[i - (i % 8)])).toBe(true);
  });

  test('the upper bits as a fraction', () => {
    const program = kernel('fraction', { x: cellsOf('u32', 8), z: cells(8) }, (k, { x, z }) =>
      k.loop('i', 0, 8, (i) => k.store(z(i), fraction(loadIntegers(x(i))))),
    );
    const fractions = agreed(program, [numbers, new Float32Array(64)]);
    expect([...fractions]).toEqual(Array.from(numbers, (x) => Math.floor(x / 256) / 2 ** 24));
    expect(Math.max(...fractions)).toBe(1 - 2 ** -24);
  });

  test('named vectors, uniform or not', () => {
    const program = kernel('named', { x: cellsOf('u32', 8), z: cellsOf('u32', 1) }, (k, { x, z }) => {
      const uniform = k.letIntegers('uniform', multiplyIntegers(splatInteger(7), shiftRight(splatInteger(1000), 3)));
      const mixed = k.letIntegers('mixed', xor(uniform, loadIntegers(x(1))));
      k.store(z(0), addIntegers(mixed, mixed));
    });
    const expected = Array.from(numbers.subarray(8, 16), (x) => ((x ^ 875) * 2) >>> 0);
    expect([...new Uint32Array(agreed(program, [numbers, new Float32Array(8)]).buffer)]).toEqual(expected);
  });
});

describe('loops and branches', () => {
  /** Records the integers that the body passes to `note`, by their place. */
  const trace = (
    places: number,
    write: (k: KernelBuilder, note: (place: Index, value: Index) => void, n: Index) => void,
  ) =>
    kernel('trace', { n: 'index', z: scalars(places) }, (k, { n, z }) => {
      write(k, (place, value) => k.storeScalar(z(place), convert(value)), n);
    });

  test.each([-3, 0, 1, 2, 5])('bounds that are known only at run time, here %i', (n) => {
    const program = trace(20, (k, note, end) =>
      k.loop('i', 0, end, (i) =>
        k.loop('j', i.minus(1), i.plus(2), (j) => note(i.times(3).plus(j).minus(i).plus(1), j), 2),
      ),
    );
    agreed(program, [n, new Float32Array(20).fill(99)]);
  });

  test.each([-7, -1, 0, 1, 6])('minimum, maximum and ceilDivide of %i', (n) => {
    const bounds: ((n: Index) => IndexValue)[] = [
      (i) => maximum(0, ceilDivide(i, 3)),
      (i) => maximum(0, ceilDivide(i.times(-1), 2)),
      (i) => minimum(maximum(i, -2), 4),
      (i) => maximum(minimum(1, 2), ceilDivide(i.plus(7), 1)),
    ];
    const program = trace(4, (k, note, i) =>
      bounds.forEach((bound, place) => {
        note(new Index(place), k.bind('bound', bound(i)));
      }),
    );
    agreed(program, [n, new Float32Array(4)]);
  });

  test.each([0, 3, 4, 9])('conditions on %i', (n) => {
    const program = trace(6, (k, note, i) => {
      k.if(equal(i, 3), () => note(new Index(0), new Index(1)));
      k.if(
        less(i, 4),
        () => note(new Index(1), new Index(1)),
        () => note(new Index(2), new Index(1)),
      );
      k.if(both(less(3, i), less(i, 9)), () => note(new Index(3), new Index(1)));
      k.if(
        both(less(1, 2), equal(2, 2)),
        () => note(new Index(4), new Index(1)),
        () => note(new Index(4), new Index(2)),
      );
      k.if(equal(minimum(1, 3), 2), () => note(new Index(5), new Index(1)));
    });
    agreed(program, [n, new Float32Array(6)]);
  });

  test('unrolled loops, also loops that run once or never', () => {
    const program = trace(10, (k, note) => {
      k.unrolled('i', 0, 3, (i) => k.unrolled('j', 2, 4, (j) => note(i.times(2).plus(j), j.minus(i.times(5)))));
      k.unrolled('never', 2, 2, (i) => note(new Index(0), i));
      k.loop('backwards', 3, -3, (i) => note(new Index(0), i));
      k.loop('once', 5, 6, (i) => note(i.plus(4), i));
    });
    agreed(program, [0, new Float32Array(10).fill(99)]);
  });

  test('tiles cover everything once, as evenly as possible', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 9 }), (count, largest) => {
        const sizes = new Set<number>();
        const program = kernel('tiles', { z: scalars(count) }, (k, { z }) =>
          k.tiles('tile', count, largest, (first, size) => {
            sizes.add(size);
            for (let i = 0; i < size; i++) {
              const place = z(first.plus(i));
              k.storeScalar(place, scalarAdd(loadScalar(place), 1));
            }
          }),
        );
        expect(agreed(program, [new Float32Array(count)])).toEqual(new Float32Array(count).fill(1));
        expect(Math.max(...sizes)).toBeLessThanOrEqual(largest);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('halves have the same results as all lanes at once', () => {
    const program = kernel('halves', { x: cells(3), z: cells(1) }, (k, { x, z }) => {
      const sum = k.variable('sum', splat(0));
      k.loop('i', 0, 3, (i) =>
        k.halves(() => {
          const value = k.let('x', load(x(i)));
          sum.set(add(multiply(value, value), sum.value));
        }),
      );
      k.store(z(0), sum.value);
    });
    agreed(program, [Float32Array.from(values(24, 1, 1)), new Float32Array(8)]);
  });
});

describe('addresses', () => {
  const coefficient = fc.integer({ min: -3, max: 3 });
  const flags = fc.tuple(fc.boolean(), fc.boolean());

  test('any affine index, walked up or down, in loops that are unrolled or not', () => {
    fc.assert(
      fc.property(coefficient, coefficient, coefficient, flags, seeds, (a, b, c, [unrollI, unrollJ], seed) => {
        const index = (i: Index, j: Index, n: Index) => {
          const moving = i.times(a).plus(j.times(b)).plus(n.times(c));
          // The lowest index, for i < 3, j < 4, n = 2, is 0.
          return moving.minus(2 * Math.min(0, a) + 3 * Math.min(0, b) + 2 * c);
        };
        const program = kernel('walk', { x: cells(16), n: 'index', z: cells(3, 4) }, (k, { x, n, z }) => {
          const loop = (unroll: boolean, to: number, body: (i: Index) => void) =>
            unroll ? k.unrolled('i', 0, to, body) : k.loop('i', 0, to, body);
          loop(unrollI, 3, (i) =>
            loop(unrollJ, 4, (j) => k.store(z(i, j), add(load(x(index(i, j, n))), splat(convert(index(i, j, n)))))),
          );
        });
        agreed(program, [Float32Array.from(values(16 * 8, seed, 1)), 2, new Float32Array(12 * 8)]);
      }),
    );
  });

  test('a buffer whose accesses have negative constants needs that much room below it', () => {
    const program = kernel('below', { x: scalars(3), z: scalars(3) }, (k, { x, z }) =>
      k.loop('i', 3, 6, (i) => k.storeScalar(z(i.minus(3)), loadScalar(x(i.minus(3))))),
    );
    expect(encodeModule([program], { shared: false }).guardBytes).toBe(12);
    expect([...agreed(program, [Float32Array.of(7, 8, 9), new Float32Array(3)])]).toEqual([7, 8, 9]);
  });

  test('a buffer that is walked backwards needs room below it', () => {
    const program = kernel('backwards', { x: scalars(3), z: scalars(3) }, (k, { x, z }) =>
      k.loop('i', 0, 3, (i) => k.storeScalar(z(i), loadScalar(x(i.times(-1).plus(2))))),
    );
    expect(encodeModule([program], { shared: false }).guardBytes).toBe(8);
    expect([...agreed(program, [Float32Array.of(7, 8, 9), new Float32Array(3)])]).toEqual([9, 8, 7]);
  });

  test('a buffer that is not an operand is an error', () => {
    const stranger = { name: 'stranger', element: 'f32', extent: 1 } as const;
    const program = kernel('wrong', { z: scalars(1) }, (k, { z }) =>
      k.storeScalar(z(0), loadScalar(scalarsIn(stranger, [1])(0))),
    );
    expect(() => encodeModule([program], { shared: false })).toThrow("'stranger'");
  });
});

describe('modules', () => {
  const copy = kernel('copy', { x: scalars(1), z: scalars(1) }, (k, { x, z }) => k.storeScalar(z(0), loadScalar(x(0))));
  const fill = kernel('fill', { value: 'f32', z: scalars(1) }, (k, { value, z }) => k.storeScalar(z(0), value));

  test.each([true, false])('contain several kernels over one memory, shared: %s', (shared) => {
    const { bytes, exportNames } = encodeModule([copy, fill, copy], { shared });
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    const [first, second, third] = exportNames.map((name) => exports[name] as (...args: number[]) => void);
    second!(2.5, 8);
    first!(8, 16);
    third!(16, 24);
    expect([...new Float32Array(memory.buffer, 8, 5)]).toEqual([2.5, 0, 2.5, 0, 2.5]);
  });

  test('contain equal functions once, with a name for each kernel', () => {
    const other = kernel('other', { from: scalars(1), to: scalars(1) }, (k, { from, to }) =>
      k.storeScalar(to(0), loadScalar(from(0))),
    );
    const encoder = new ModuleEncoder({ shared: true });
    expect([copy, fill, other, copy].map((program) => encoder.add(program))).toEqual([0, 1, 2, 3]);
    const { bytes, exportNames, guardBytes } = encoder.encode();
    expect(exportNames).toEqual(['0:copy', '1:fill', '2:other', '3:copy']);
    expect({ bytes, exportNames, guardBytes }).toEqual(encodeModule([copy, fill, other, copy], { shared: true }));
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    const [first, second, third, fourth] = exportNames.map((name) => exports[name]);
    expect(first).not.toBe(second);
    expect([third, fourth]).toEqual([first, first]);
    expect(third).toBe(first);
  });

  test('have the same bytes for the same kernels', () => {
    const encode = () => encodeModule([copy, fill], { shared: true }).bytes;
    expect(encode()).toEqual(encode());
  });

  test('unroll from V8 13.6 on', () => {
    expect(['11.3.244.8-node.33', '12.4', '13.5', '13.6.233.17', '14.6'].map(unrollByDefault)).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
  });
});
