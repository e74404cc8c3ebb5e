// The options of campaigns.
import { describe, expect, it } from 'vitest';
import { campaignOptions } from './campaigns/options.ts';

const optionsOf = (...texts: readonly string[]) => campaignOptions({ seed: 1, faults: 200, json: false }, texts);

describe('the options of a campaign', () => {
  it('have defaults', () => {
    expect(optionsOf()).toEqual({ seed: 1, faults: 200, json: false });
  });

  it.each([
    { runner: 'npm', texts: ['--faults', '20', '--json'] },
    { runner: 'pnpm', texts: ['--', '--faults', '20', '--json'] },
    { runner: 'either, with =', texts: ['--faults=20', '--json'] },
  ])('are the same from $runner', ({ texts }) => {
    expect(optionsOf(...texts)).toEqual({ seed: 1, faults: 20, json: true });
  });

  it.each(['0', '-1', '1.5', 'many', '', 'Infinity'])('reject "%s" as a number', (text) => {
    expect(() => optionsOf(`--faults=${text}`)).toThrow(/--faults.*a whole number (of 1 or more|from 1)/s);
  });

  it.each(['--fault', 'faults', '--json=1'])('reject %s, which is unknown', (text) => {
    expect(() => optionsOf(text)).toThrow(TypeError);
  });
});
