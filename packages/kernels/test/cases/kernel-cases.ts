// The form of the table of kernel cases (table.ts). A problem is a kernel with contents for its operands and a
// comparison of its results with its reference. All tests of all kernels take their problems from the table: encoder
// against interpreter, kernel against reference, mutants, extents.
import type fc from 'fast-check';
import type { Kernel } from '../../src/language/kernel.ts';
import { type Contents, type ResultsOf, run } from '../harness.ts';

export interface Problem {
  readonly kernel: Kernel;
  readonly contents: Contents;
  /** Fails unless the results agree with the reference. */
  readonly check: (results: ResultsOf<Kernel>) => void;
}

export const problem = <K extends Kernel>(
  kernel: K,
  contents: Contents,
  check: (results: ResultsOf<K>) => void,
): Problem => ({ kernel, contents, check: check as Problem['check'] });

/** A value that is computed when it is first needed, such as the result of a slow reference. */
export function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}

/** Runs the kernel of a problem and compares its results with the reference. */
export const check = ({ kernel, contents, check }: Problem): void => check(run(kernel, contents) as ResultsOf<Kernel>);

/** How the mutants of an example are tested. */
export interface MutantOptions {
  /** Variables whose values are not mutated. */
  readonly spared?: ReadonlySet<string>;
  /** The number of mutants that compute the same as the kernel. */
  readonly harmless?: number;
}

/** A kernel with one or more problems, which have all of their features between them. */
export interface Example {
  readonly title: string;
  readonly problems: () => readonly Problem[];
  /** Whether every mutant of the kernel must fail at least one of the problems. */
  readonly mutants: MutantOptions | undefined;
}

/** All cases of a family. */
export interface KernelCases {
  readonly examples: readonly Example[];
  /** Random problems by title; `runs` is their number. */
  readonly random: readonly {
    readonly title: string;
    readonly problems: fc.Arbitrary<Problem>;
    readonly runs: number;
  }[];
}

/** The arguments of a function that makes problems. */
type Arguments = readonly unknown[];

interface ExampleArguments<A extends Arguments> {
  readonly title?: string;
  readonly problems: readonly Readonly<A>[];
  readonly mutants?: MutantOptions | false;
}

interface RandomArguments<A extends Arguments> {
  readonly title?: string;
  readonly arguments: fc.Arbitrary<Readonly<A>>;
  /** 100 by default. */
  readonly runs?: number;
}

/**
 * The cases of a family: `make` makes its problems from the arguments of examples and from random arguments. The
 * mutants of an example are tested by default.
 */
export const kernelCases = <A extends Arguments>(
  make: (...args: A) => Problem,
  {
    examples,
    random = [],
  }: { readonly examples: readonly ExampleArguments<A>[]; readonly random?: readonly RandomArguments<A>[] },
): KernelCases => ({
  examples: examples.map(({ title = '', problems, mutants = {} }) => ({
    title,
    problems: () => problems.map((args) => make(...(args as A))),
    mutants: mutants === false ? undefined : mutants,
  })),
  random: random.map(({ title = '', arguments: args, runs = 100 }) => ({
    title,
    problems: args.map((made) => make(...(made as A))),
    runs,
  })),
});
