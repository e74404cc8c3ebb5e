// The accesses of a part of a kernel.
import type { Statement } from '../../language/statement.ts';
import type { Access, Mask, Value } from '../../language/value.ts';

const known = new WeakMap<readonly Statement[], readonly Access[]>();

/** All accesses in the statements and in the blocks inside them. */
export function accessesIn(statements: readonly Statement[]): readonly Access[] {
  let accesses = known.get(statements);
  if (!accesses) {
    const found: Access[] = [];
    for (const statement of statements) collectFromStatement(statement, found);
    accesses = found;
    known.set(statements, accesses);
  }
  return accesses;
}

function collectFromStatement(statement: Statement, found: Access[]): void {
  switch (statement.kind) {
    case 'loop':
    case 'bind':
    case 'halves':
      found.push(...accessesIn(statement.body));
      break;
    case 'if':
    case 'either':
      found.push(...accessesIn(statement.body), ...accessesIn(statement.otherwise));
      break;
    case 'store':
      found.push(statement.access);
      collectFromValue(statement.value, found);
      break;
    case 'assign':
      collectFromValue(statement.value, found);
  }
}

function collectFromValue(value: Value | Mask, found: Access[]): void {
  if (value.op === 'load') found.push(value.access);
  if ('lanes' in value) for (const scalar of value.lanes) collectFromValue(scalar, found);
  if ('mask' in value) collectFromValue(value.mask, found);
  if ('a' in value) collectFromValue(value.a, found);
  if ('b' in value) collectFromValue(value.b, found);
}
