// The public exports of every package are listed in test/exports, so that no change of them goes unnoticed. After an intended change,
// `npm run exports` writes the lists again.
import { describe, expect, it } from 'vitest';
import { docstringOf, type Export, entryPointsOf, exportsOf, packages } from './exports.ts';

/** Entry points for users whose exports the root does not have: their names are too general for it. */
const SEPARATE = ['./augment'];

/** Entry points for users. All others are for Convoy's own packages, so the root exports none of their values. */
const PUBLIC = ['.', './checks', './errors', './random', './shape', './zoo', ...SEPARATE];

const lists = packages().flatMap((name) =>
  entryPointsOf(name)
    .filter((entryPoint) => entryPoint === '.' || SEPARATE.includes(entryPoint))
    .map((entryPoint) => ({ name, entryPoint, path: entryPoint.slice(1) })),
);

const labelOf = ({ name, isType }: Export): string => (isType ? `type ${name}` : name);

describe.each(lists)('@convoy/$name$path', ({ name, entryPoint, path }) => {
  const exported = exportsOf(name, entryPoint);

  it('exports what test/exports lists; run `npm run exports` if a change is intended', async () => {
    await expect(`${exported.map(labelOf).join('\n')}\n`).toMatchFileSnapshot(
      `exports/${name}${path.replace('/', '-')}.txt`,
    );
  });

  it('documents every export', () => {
    expect(exported.filter((one) => docstringOf(one) === '').map(labelOf)).toEqual([]);
  });

  it('exports no internals', () => {
    const internal = entryPointsOf(name)
      .filter((entryPoint) => !PUBLIC.includes(entryPoint))
      .flatMap((entryPoint) => exportsOf(name, entryPoint));
    const isInternal = (one: Export) =>
      docstringOf(one).includes('@internal') || internal.some((other) => !one.isType && isSame(other, one));
    expect(exported.filter(isInternal).map(labelOf)).toEqual([]);
  });
});

/** Whether two exports are the same declaration: kernels and their references have the same names. */
const isSame = (a: Export, b: Export): boolean => a.module.href === b.module.href && a.declaredName === b.declaredName;

it('a declaration without a docstring is found', () => {
  const module = new URL('exports.ts', import.meta.url);
  const declared = (declaredName: string): Export => ({ name: declaredName, isType: false, module, declaredName });
  expect(docstringOf(declared('manifestOf'))).toBe('');
  expect(docstringOf(declared('packages'))).toMatch(/^\/\*\* The names/);
  expect(() => docstringOf(declared('missing'))).toThrow('does not declare missing');
});
