// The exports of the packages, read from their sources: names, declarations and docstrings.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Export {
  readonly name: string;
  readonly isType: boolean;
  /** The URL of the module that declares it. */
  readonly module: URL;
  /** Its name in that module, or undefined for a namespace (`import * as`). */
  readonly declaredName: string | undefined;
}

const PACKAGES = new URL('../packages/', import.meta.url);

/** The names of the folders in `packages`. */
export const packages = (): readonly string[] => readdirSync(PACKAGES).toSorted();

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly '@convoy/source': string }>>;
}

const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(new URL(`${name}/package.json`, PACKAGES), 'utf8'));

/** The entry points of a package, such as `.` and `./zoo`. */
export const entryPointsOf = (name: string): readonly string[] => Object.keys(manifestOf(name).exports);

/** The exports of an entry point of a package, sorted by name. */
export function exportsOf(name: string, entryPoint = '.'): readonly Export[] {
  const source = manifestOf(name).exports[entryPoint]?.['@convoy/source'];
  if (source === undefined) throw new Error(`@convoy/${name} has no entry point ${entryPoint}.`);
  return exportsOfModule(new URL(`${name}/${source}`, PACKAGES)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The values, not the types, that the root of `@convoy/layers` exports from a folder of its sources. */
export const layerExportsFrom = (folder: string): readonly string[] =>
  exportsOf('layers')
    .filter(({ isType, module }) => !isType && module.pathname.includes(`/layers/src/${folder}/`))
    .map(({ name }) => name);

const REEXPORT = /^export (type )?\{([^}]*)\}(?: from '([^']+)')?;$/gm;
const DECLARATION =
  /^export (?:declare )?(?:abstract )?(async function\*?|function\*?|const|let|class|interface|type|enum) (\w+)/gm;

function exportsOfModule(module: URL): readonly Export[] {
  const text = readFileSync(module, 'utf8');
  const reexports = [...text.matchAll(REEXPORT)].flatMap(([, allTypes, list = '', from]) =>
    list
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map((item): Export => {
        const [, type, original = '', renamed] = /^(type )?(\w+)(?: as (\w+))?$/.exec(item) ?? [];
        const isType = allTypes !== undefined || type !== undefined;
        return { ...sourceOf(module, text, original, from), name: renamed ?? original, isType };
      }),
  );
  const declared = [...text.matchAll(DECLARATION)].map(([, kind, name = '']): Export => {
    return { name, isType: kind === 'interface' || kind === 'type', module, declaredName: name };
  });
  const names = new Set<string>();
  // The signatures of an overloaded function have one name.
  return [...reexports, ...declared].filter(({ name }) => !names.has(name) && names.add(name));
}

/** Follows a name through re-exports to the module that declares it. */
function sourceOf(
  module: URL,
  text: string,
  name: string,
  from: string | undefined,
): Pick<Export, 'module' | 'declaredName'> {
  const specifier = from ?? importOf(text, name);
  if (specifier === undefined) return { module, declaredName: name };
  if (from === undefined && new RegExp(`^import \\* as ${name} from`, 'm').test(text)) {
    return { module: resolve(module, specifier), declaredName: undefined };
  }
  const found = exportsOfModule(resolve(module, specifier)).find((one) => one.name === name);
  if (found) return found;
  throw new Error(`${specifier}, imported by ${module.pathname}, does not export ${name}.`);
}

/** The module that a name is imported from, if it is imported. */
const importOf = (text: string, name: string): string | undefined =>
  new RegExp(`^import (?:type )?(?:\\* as ${name}|\\{[^}]*\\b${name}\\b[^}]*\\}) from '([^']+)';$`, 'm').exec(
    text,
  )?.[1];

function resolve(module: URL, specifier: string): URL {
  if (specifier.startsWith('.')) return new URL(specifier, module);
  const [, name = '', path = ''] = /^@convoy\/([^/]+)(.*)$/.exec(specifier) ?? [];
  const source = manifestOf(name).exports[`.${path}`]?.['@convoy/source'] ?? '';
  return new URL(`${name}/${source}`, PACKAGES);
}

/** The docstring directly before the declaration; for a namespace the comment at the top of its module. Empty if there is none. */
export function docstringOf({ module, declaredName }: Export): string {
  const text = readFileSync(module, 'utf8');
  if (declaredName === undefined) return /^(?:\/\/.*\n)+/.exec(text)?.[0] ?? '';
  const declaration = new RegExp(
    `(/\\*\\*(?:(?!\\*/)[^])*\\*/\\n)?^(?:export )?(?:declare )?(?:abstract )?(?:async function\\*?|function\\*?|const|let|class|interface|type|enum) ${declaredName}\\b`,
    'm',
  ).exec(text);
  if (!declaration) throw new Error(`${fileURLToPath(module)} does not declare ${declaredName}.`);
  return declaration[1] ?? '';
}
