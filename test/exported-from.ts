// What @convoy/layers exports, by the folder that it comes from.
import { readFileSync } from 'node:fs';

const index = readFileSync(new URL('../packages/layers/src/index.ts', import.meta.url), 'utf8');

/** The values, not the types, that the package exports from a folder. */
export const exportedFrom = (folder: string): readonly string[] =>
  [...index.matchAll(/^export \{([^}]+)\} from '\.\/(\w+)\/[^']+';$/gm)]
    .filter(([, , from]) => from === folder)
    .flatMap(([, names]) => (names as string).split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '));
