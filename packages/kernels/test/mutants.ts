// Kernels that are wrong in one place. The comparison with the reference must reject each of them.
import type { Kernel } from '../src/language/kernel.ts';
import type { Statement } from '../src/language/statement.ts';
import { type Access, type IntegerVector, LANES, type Mask, type Value } from '../src/language/value.ts';
import { check, type MutantOptions, type Problem } from './cases/kernel-cases.ts';
import { instantiate, type ResultsOf } from './harness.ts';

type Node = Value | Mask;

/** A kernel with one node replaced. */
interface Mutant {
  readonly kernel: Kernel;
  /** In which code the node is: where loops are unrolled, elsewhere, or in both. */
  readonly code: 'unrolled' | 'looped' | 'both';
}

/**
 * The mutants that pass all problems, which are of the same kernel.
 * @returns their numbers, and how many mutants there are
 */
export function survivors(
  problems: readonly Problem[],
  { spared = new Set() }: MutantOptions,
): { readonly survivors: readonly number[]; readonly count: number } {
  const { kernel } = problems[0]!;
  const passing: number[] = [];
  let count = 0;
  for (const mutant of mutantsOf(kernel, spared)) {
    if (survives(mutant, problems)) passing.push(count);
    count++;
  }
  return { survivors: passing, count };
}

/**
 * Runs only the code that contains the mutation. Before a mutant counts as a survivor, its codes are compared with each
 * other as well.
 */
function survives({ kernel, code }: Mutant, problems: readonly Problem[]): boolean {
  const run = instantiate(kernel, code === 'unrolled');
  const passesAll = (passes: (problem: Problem) => void) => {
    try {
      for (const problem of problems) passes(problem);
      return true;
    } catch {
      return false;
    }
  };
  return (
    passesAll(({ contents, check }) => check(run(contents) as ResultsOf<Kernel>)) &&
    passesAll((problem) => check({ ...problem, kernel }))
  );
}

/**
 * One mutant for each operation and each access in the tree. Mutants share all nodes that do not lie on the path to the
 * mutation.
 */
function* mutantsOf(kernel: Kernel, spared: ReadonlySet<string>): Generator<Mutant> {
  for (const { result: body, code } of blockMutants(kernel.body, 'both', spared))
    yield { kernel: { ...kernel, body }, code };
}

interface Mutated<T> {
  readonly result: T;
  readonly code: Mutant['code'];
}

function* blockMutants(
  block: readonly Statement[],
  code: Mutant['code'],
  spared: ReadonlySet<string>,
): Generator<Mutated<readonly Statement[]>> {
  for (const [i, statement] of block.entries()) {
    for (const { result, code: where } of statementMutants(statement, code, spared)) {
      yield { result: block.with(i, result), code: where };
    }
  }
}

function* statementMutants(
  statement: Statement,
  code: Mutant['code'],
  spared: ReadonlySet<string>,
): Generator<Mutated<Statement>> {
  switch (statement.kind) {
    case 'assign':
      if (spared.has(statement.variable.name)) return;
      for (const value of nodeMutants(statement.value)) yield { result: { ...statement, value }, code };
      return;
    case 'store':
      for (const value of nodeMutants(statement.value)) yield { result: { ...statement, value }, code };
      return;
    case 'if':
    case 'either': {
      const branches = statement.kind === 'either' ? (['unrolled', 'looped'] as const) : [code, code];
      for (const { result: body, code: where } of blockMutants(statement.body, branches[0]!, spared)) {
        yield { result: { ...statement, body }, code: where };
      }
      for (const { result: otherwise, code: where } of blockMutants(statement.otherwise, branches[1]!, spared)) {
        yield { result: { ...statement, otherwise }, code: where };
      }
      return;
    }
    default:
      for (const { result: body, code: where } of blockMutants(statement.body, code, spared)) {
        yield { result: { ...statement, body }, code: where };
      }
  }
}

function* nodeMutants<N extends Node>(node: N): Generator<N> {
  if ('lanes' in node) {
    for (const [i, scalar] of node.lanes.entries()) {
      for (const mutant of nodeMutants(scalar)) yield { ...node, lanes: node.lanes.with(i, mutant) };
    }
  }
  for (const key of ['mask', 'a', 'b'] as const) {
    if (!(key in node)) continue;
    for (const mutant of nodeMutants(node[key as keyof N] as Node)) yield { ...node, [key]: mutant };
  }
  const mutant = mutate(node);
  if (mutant !== node) yield mutant as N;
}

function mutate(node: Node): Node {
  if ('type' in node && node.type === 'integers') return mutateIntegers(node);
  switch (node.op) {
    case 'add':
      return { ...node, op: 'subtract' } as Node;
    case 'subtract':
      return { ...node, op: 'add' } as Node;
    case 'multiply':
      return { ...node, op: 'divide' } as Node;
    case 'divide':
      return { ...node, op: 'multiply' } as Node;
    case 'max':
      return { ...node, op: 'min' } as Node;
    case 'min':
      return { ...node, op: 'max' } as Node;
    case 'squareRoot':
      return { ...node, op: 'absolute' } as Node;
    case 'equal':
      return { ...node, op: 'less' } as Node;
    case 'select':
      return { ...node, a: node.b, b: node.a };
    case 'sumLanes':
      return { type: 'scalar', op: 'lane', a: node.a, lane: 0 };
    case 'load':
      return { ...node, access: next(node.access, node.type === 'vector' ? LANES : 1) };
    default:
      return node;
  }
}

function mutateIntegers(node: IntegerVector): IntegerVector {
  switch (node.op) {
    case 'splat':
      return { ...node, index: node.index.plus(1) };
    case 'load':
      return { ...node, access: next(node.access, LANES) };
    case 'add':
    case 'multiply':
      return { ...node, op: 'xor' };
    case 'xor':
      return { ...node, op: 'add' };
    case 'shiftRight':
      return { ...node, bits: node.bits + 1 };
    default:
      return node;
  }
}

const next = ({ buffer, index }: Access, elements: number): Access => ({ buffer, index: index.plus(elements) });
