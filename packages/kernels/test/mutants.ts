// Kernels that are wrong in one place: what a test of kernels has to notice.
import type { Kernel, Statement } from '../src/language/statement.ts';
import { type Access, LANES, type Mask, type Value } from '../src/language/value.ts';

type Node = Value | Mask;

/**
 * What the elementary functions compute, by the names of the variables. Their errors matter where results are so small or so large that no
 * comparison of a whole kernel would notice; `elementary.test.ts` pins their bits.
 */
const ELEMENTARY: ReadonlySet<string> = new Set(
  'clamped n r half x normal m e t square z u power near logarithmOfSum probability'.split(' '),
);

/** One kernel for each operation and each access in the tree, with that one replaced by another. */
export function mutants(kernel: Kernel): Kernel[] {
  let sites = 0;
  rewrite(kernel, (node) => {
    if (mutate(node) !== node) sites++;
    return node;
  });
  return Array.from({ length: sites }, (_, site) => {
    let seen = 0;
    return rewrite(kernel, (node) => {
      const mutant = mutate(node);
      return mutant !== node && seen++ === site ? mutant : node;
    });
  });
}

function mutate(node: Node): Node {
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

const next = ({ buffer, index }: Access, elements: number): Access => ({ buffer, index: index.plus(elements) });

/** The kernel with every value and mask replaced by what `change` makes of it. */
function rewrite(kernel: Kernel, change: (node: Node) => Node): Kernel {
  const statements = (block: readonly Statement[]): Statement[] => block.map(statement);
  const statement = (s: Statement): Statement => {
    switch (s.kind) {
      case 'if':
      case 'either':
        return { ...s, body: statements(s.body), otherwise: statements(s.otherwise) };
      case 'assign':
        return ELEMENTARY.has(s.variable.name) ? s : { ...s, value: node(s.value) as Value };
      case 'store':
        return { ...s, value: node(s.value) as Value };
      default:
        return { ...s, body: statements(s.body) };
    }
  };
  const node = (n: Node): Node => {
    const operands = {
      ...('mask' in n && { mask: node(n.mask) }),
      ...('a' in n && { a: node(n.a) }),
      ...('b' in n && { b: node(n.b) }),
    };
    return change({ ...n, ...operands } as Node);
  };
  return { ...kernel, body: statements(kernel.body) };
}
