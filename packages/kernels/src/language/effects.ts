// The effects of a kernel on memory.
import type { Kernel } from './kernel.ts';
import type { Statement } from './statement.ts';
import type { BufferOperand } from './value.ts';

/** The buffers that a kernel stores to. */
export function writtenBuffers({ body }: Kernel): ReadonlySet<BufferOperand> {
  const written = new Set<BufferOperand>();
  const visit = (statements: readonly Statement[]): void => {
    for (const statement of statements) {
      if (statement.kind === 'store') written.add(statement.access.buffer);
      if ('body' in statement) visit(statement.body);
      if ('otherwise' in statement) visit(statement.otherwise);
    }
  };
  visit(body);
  return written;
}
