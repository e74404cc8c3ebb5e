// The public exports of every package are listed in test/exports, so that no change of them goes unnoticed. After an intended change,
// `npm run exports` writes the lists again.
import { describe, expect, it } from 'vitest';
import { docstringOf, type Export, exportsOf, packages } from './exports.ts';

const labelOf = ({ name, isType }: Export): string => (isType ? `type ${name}` : name);

describe.each(packages())('@convoy/%s', (name) => {
  const exported = exportsOf(name);

  it('exports what test/exports lists; run `npm run exports` if a change is intended', async () => {
    await expect(`${exported.map(labelOf).join('\n')}\n`).toMatchFileSnapshot(`exports/${name}.txt`);
  });
});

it('a declaration without a docstring is found', () => {
  const module = new URL('exports.ts', import.meta.url);
  const declared = (declaredName: string): Export => ({ name: declaredName, isType: false, module, declaredName });
  expect(docstringOf(declared('manifestOf'))).toBe('');
  expect(docstringOf(declared('packages'))).toMatch(/^\/\*\* The names/);
  expect(() => docstringOf(declared('missing'))).toThrow('does not declare missing');
});
