// Picture: samples as rows of a data set, the same samples as the cells of a block, and a mini-batch made of blocks and shards.
import { arrow, box, brace, COLORS, picture, text } from './svg.ts';

const LANES = 8;
/** Numbers of a sample that are drawn. */
const NUMBERS = 4;
const SIZE = 24;
const SAMPLE_COLORS = ['#9ec9f5', '#a5d6a7', '#f5d58a', '#f2a98e', '#cdb4f0', '#9fdedc', '#f3b6d0', '#d1d9e0'];

export function blockLayout(): string {
  return picture(940, 552, 'The layout of a block', [...rows(20, 70), ...cells(330, 70), ...miniBatch(20, 380)]);
}

function rows(left: number, top: number): string[] {
  const squares = Array.from({ length: LANES }, (_, sample) => {
    const y = top + sample * (SIZE + 6);
    return [
      text(left, y + 17, `sample ${sample}`, { size: 12, color: COLORS.muted }),
      ...Array.from({ length: NUMBERS }, (_, i) =>
        box({ x: left + 70 + i * SIZE, y, width: SIZE, height: SIZE }, SAMPLE_COLORS[sample] as string, `${i}`),
      ),
      text(left + 70 + NUMBERS * SIZE + 6, y + 17, '…', { color: COLORS.muted }),
    ];
  });
  return [
    text(left, top - 40, 'Rows of a data set', { bold: true, size: 15 }),
    text(left, top - 18, 'each row is one sample: [C][H][W]', { size: 12, color: COLORS.muted }),
    ...squares.flat(),
    arrow(left + 205, top + 116, left + 290, top + 116),
    text(left + 247, top + 106, 'gather', { anchor: 'middle', size: 12 }),
  ];
}

function cells(left: number, top: number): string[] {
  const width = LANES * SIZE;
  const column = (i: number) => left + (i % 3) * (width + 10);
  const cell = (i: number, label: string) => [
    ...SAMPLE_COLORS.map((color, lane) =>
      box({ x: column(i) + lane * SIZE, y: top + 20, width: SIZE, height: SIZE }, color, `${i}`),
    ),
    text(column(i) + width / 2, top + 10, label, { anchor: 'middle', size: 12, color: COLORS.muted }),
  ];
  const half = width / 2;
  return [
    text(left, top - 40, 'A block in memory', { bold: true, size: 15 }),
    text(left, top - 18, '[C][H][W] cells; a cell is one number of each of the 8 samples: 8 floats that lie together', {
      size: 12,
      color: COLORS.muted,
    }),
    ...cell(0, 'cell (0, 0, 0)'),
    ...cell(1, 'cell (0, 0, 1)'),
    ...cell(2, 'cell (0, 0, 2)'),
    text(column(2) + width + 6, top + 37, '…', { color: COLORS.muted }),
    brace(column(0), column(0) + half - 2, top + 50, 'lanes 0–3'),
    brace(column(0) + half + 2, column(0) + width, top + 50, 'lanes 4–7'),
    text(left, top + 104, 'two 128-bit vectors (strict)', { size: 12 }),
    brace(column(1), column(1) + width, top + 50, 'lanes 0–7'),
    text(column(1), top + 104, 'one 256-bit vector (wide)', { size: 12 }),
    text(left, top + 150, 'The number of sample n at channel c, row h, column w is the float', { size: 12 }),
    text(left, top + 174, '((c · H + h) · W + w) · 8 + n', { size: 14, bold: true }),
    text(left, top + 198, 'of the block. A kernel computes all 8 samples with the same instructions.', { size: 12 }),
  ];
}

/** A batch of 52: 7 blocks, whose last one has 4 empty lanes. */
function miniBatch(left: number, top: number): string[] {
  const blocks = Array.from({ length: 7 }, (_, block) => {
    const x = left + block * 128;
    const samples = Math.min(LANES, 52 - block * LANES);
    const width = 112 / LANES;
    return [
      ...Array.from({ length: LANES }, (_, lane) =>
        box(
          { x: x + lane * width, y: top + 22, width, height: SIZE },
          lane < samples ? (SAMPLE_COLORS[lane] as string) : COLORS.wait,
        ),
      ),
      text(x + 56, top + 64, `block ${block}`, { anchor: 'middle', size: 12, color: COLORS.muted }),
      box({ x: x - 4, y: top + 76, width: 120, height: 30 }, COLORS.light, `shard ${block}`),
      arrow(x + 56, top + 106, x + 56, top + 126),
      box({ x: x - 4, y: top + 128, width: 120, height: 26 }, COLORS.backward, 'gradient buffer', 11),
    ];
  });
  return [
    text(left, top - 20, 'A mini-batch of 52 samples', { bold: true, size: 15 }),
    text(
      left,
      top,
      'Empty lanes have the sample weight 0. A shard is one block or several; each has its own gradient buffer.',
      {
        size: 12,
        color: COLORS.muted,
      },
    ),
    ...blocks.flat(),
  ];
}
