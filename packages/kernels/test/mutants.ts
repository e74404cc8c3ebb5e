// Kernels that are wrong in one place: what a test of kernels has to notice.
import { expect } from 'vitest';
import type { Kernel } from '../src/language/kernel.ts';
import type { Statement } from '../src/language/statement.ts';
import type { IntegerVector } from '../src/language/value.ts';
import { type Access, LANES, type Mask, type Value } from '../src/language/value.ts';
import { type Change, unchanged } from './harness.ts';

type Node = Value | Mask;

/**
 * What the elementary functions compute, by the names of the variables. Their errors matter where results are so small or so large that no
 * comparison of a whole kernel would notice; `elementary.test.ts` pins their bits.
 */
export const ELEMENTARY: ReadonlySet<string> = new Set(
  'clamped n r half x normal m e t square z u power near logarithmOfSum probability'.split(' '),
);

/**
 * Fails unless the check, which runs one kernel, rejects each mutant of it.
 * @param spared variables that are left as they are
 * @param harmless how many mutants compute the same as the kernel
 */
export function expectNoSurvivors(
  check: (change: Change) => void,
  spared: ReadonlySet<string> = new Set(),
  harmless = 0,
): void {
  let wrong: Kernel[] = [];
  check((kernel) => {
    wrong = mutants(kernel, spared);
    return unchanged(kernel);
  });
  expect(wrong.length).toBeGreaterThan(1);
  const survivors = wrong.flatMap((mutant, i) => {
    try {
      check(() => mutant);
      return [`mutant ${i} of ${wrong.length}`];
    } catch {
      return [];
    }
  });
  expect(survivors, survivors.join()).toHaveLength(harmless);
}

/** One kernel for each operation and each access in the tree, with that one replaced by another. */
function mutants(kernel: Kernel, spared: ReadonlySet<string>): Kernel[] {
  let sites = 0;
  rewrite(kernel, spared, (node) => {
    if (mutate(node) !== node) sites++;
    return node;
  });
  return Array.from({ length: sites }, (_, site) => {
    let seen = 0;
    return rewrite(kernel, spared, (node) => {
      const mutant = mutate(node);
      return mutant !== node && seen++ === site ? mutant : node;
    });
  });
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

/** The kernel with every value and mask replaced by what `change` makes of it. */
function rewrite(kernel: Kernel, spared: ReadonlySet<string>, change: (node: Node) => Node): Kernel {
  const statements = (block: readonly Statement[]): Statement[] => block.map(statement);
  const statement = (s: Statement): Statement => {
    switch (s.kind) {
      case 'if':
      case 'either':
        return { ...s, body: statements(s.body), otherwise: statements(s.otherwise) };
      case 'assign':
        return spared.has(s.variable.name) ? s : { ...s, value: node(s.value) as Value };
      case 'store':
        return { ...s, value: node(s.value) as Value };
      default:
        return { ...s, body: statements(s.body) };
    }
  };
  const node = (n: Node): Node => {
    const operands = {
      ...('lanes' in n && { lanes: n.lanes.map(node) }),
      ...('mask' in n && { mask: node(n.mask) }),
      ...('a' in n && { a: node(n.a) }),
      ...('b' in n && { b: node(n.b) }),
    };
    return change({ ...n, ...operands } as Node);
  };
  return { ...kernel, body: statements(kernel.body) };
}
