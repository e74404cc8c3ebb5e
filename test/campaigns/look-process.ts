// Starts the process that only looks at a directory.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { LookEnd } from './look-target.ts';

const PROGRAM = fileURLToPath(new URL('./look-target.ts', import.meta.url));

/** Resolves when the process looks. @returns a function that ends it */
export async function startLooking(data: string, directory: string): Promise<() => Promise<LookEnd>> {
  const child = spawn(process.execPath, ['--conditions=@convoy/source', PROGRAM, directory], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(data, 'compiled') },
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr)]);
  await once(child.stdout, 'data');
  return async () => {
    child.stdin.end();
    const [output, errors] = await ended;
    const last = output.split('\n').at(-1);
    return last ? JSON.parse(last) : { looks: 0, step: 0, problems: [`the process that looks failed: ${errors}`] };
  };
}
