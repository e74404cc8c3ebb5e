// Runs the TypeScript of the packages where Node cannot remove its types, because that needs WebAssembly: the types are removed here.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll } from 'vitest';

// The types of Node 20 do not know this function of Node 22.
const { stripTypeScriptTypes } = nodeModule as unknown as { stripTypeScriptTypes(code: string): string };

const packages = fileURLToPath(new URL('../..', import.meta.url));

/** Node's options for a process that runs these packages and the given programs without their types. */
export function strippedSources(...programs: readonly URL[]): readonly string[] {
  const sources = readdirSync(packages).flatMap((name) => filesIn(join(packages, name, 'src')));
  const files = [...sources, ...programs.map((program) => fileURLToPath(program))].filter((path) =>
    path.endsWith('.ts'),
  );
  const stripped = files.map((path) => [pathToFileURL(path).href, stripTypeScriptTypes(readFileSync(path, 'utf8'))]);
  const directory = mkdtempSync(join(tmpdir(), 'convoy-stripped-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  writeFileSync(
    join(directory, 'hook.mjs'),
    `import { registerHooks } from 'node:module';
    const sources = new Map(${JSON.stringify(stripped)});
    const load = (url, context, next) =>
      sources.has(url) ? { format: 'module', source: sources.get(url), shortCircuit: true } : next(url, context);
    registerHooks({ load });`,
  );
  return ['--import', pathToFileURL(join(directory, 'hook.mjs')).href];
}

const filesIn = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => join(directory, name));
