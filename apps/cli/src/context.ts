// What the command uses of the process that it runs in. Tests pass their own.
import type { Interruptions } from './process/interruption.ts';

/** Where text goes: a file, a pipe or a terminal. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

export interface Context {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly interruptions: Interruptions;
}
