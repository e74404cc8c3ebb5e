import { expect, test } from 'vitest';
import { formatTable } from '../src/table.ts';

const lines = (...all: string[]) => all.join('\n');

test('aligns the first column left and the others right', () => {
  expect(
    formatTable([
      ['a', 'count'],
      ['longer', '7'],
    ]),
  ).toBe(lines('a       count', 'longer      7'));
});

test('draws rules below the header and above the footer', () => {
  const rows = [
    ['layer', 'output', 'numbers'],
    ['conv1', '[6, 28, 28]', '156'],
    ['dense', '[10]', '850'],
    ['total', '', '1,006'],
  ];
  expect(formatTable(rows, { left: [0, 1], header: 1, footer: 1 })).toBe(
    lines(
      'layer  output       numbers',
      '───────────────────────────',
      'conv1  [6, 28, 28]      156',
      'dense  [10]             850',
      '───────────────────────────',
      'total                 1,006',
    ),
  );
});

test('accepts rows of different lengths, and leaves no space at the end of a line', () => {
  expect(formatTable([['name'], ['x', 'a note'], ['y', '']], { left: [0, 1] })).toBe(
    lines('name', 'x     a note', 'y'),
  );
});

test('the rule is as long as the longest line', () => {
  expect(formatTable([['name', ''], ['x'.repeat(9)]], { left: [0, 1], header: 1 })).toBe(
    lines('name', '─────────', 'xxxxxxxxx'),
  );
});

test('counts what letters take in a terminal: none for combining marks, two for wide ones', () => {
  const accent = 'cafe\u0301';
  expect(
    formatTable([
      [accent, '1'],
      ['猫犬', '2'],
      ['🐈', '3'],
      ['plain', '4'],
    ]),
  ).toBe(lines(`${accent}   1`, '猫犬   2', '🐈     3', 'plain  4'));
});

test('no rows', () => {
  expect(formatTable([])).toBe('');
});
