// Picture: one step of three workers with a batch of 8 shards, over time, and the memory that it reads and writes.
import { arrow, box, COLORS, line, picture, text } from './svg.ts';

const LEFT = 110;
const TOP = 70;
const LANE = 64;
const BAR = 40;
const SHARD = 138;
/** Where the barriers are. */
const COMPUTED = LEFT + 3 * SHARD + 26;
const UPDATED = COMPUTED + 190;
const SHARDS = [
  [0, 3, 6],
  [1, 4, 7],
  [2, 5],
];

export function step(): string {
  const height = TOP + 3 * LANE;
  return picture(940, 500, 'One step of three workers', [
    text(20, 30, 'One step of three workers, 8 shards', { bold: true, size: 15 }),
    ...SHARDS.flatMap((shards, rank) => worker(rank, shards)),
    ...barrier(COMPUTED, height, 'barrier'),
    ...barrier(UPDATED, height, 'barrier'),
    ...commit(UPDATED + 14),
    arrow(LEFT, height + 8, 900, height + 8),
    text(905, height + 12, 'time', { size: 12, color: COLORS.muted }),
    ...legend(20, height + 40),
    ...memory(20, height + 100),
  ]);
}

function worker(rank: number, shards: readonly number[]): string[] {
  const y = TOP + rank * LANE;
  const computed = LEFT + shards.length * SHARD;
  const pass = (shard: number, i: number) => {
    const x = LEFT + i * SHARD;
    const part = (from: number, width: number, color: string, label = '') =>
      box({ x: x + from, y, width, height: BAR }, color, label);
    return [
      part(0, 10, COLORS.gather),
      part(10, 40, COLORS.forward),
      part(50, 8, COLORS.loss),
      part(58, 74, COLORS.backward),
      text(x + 95, y + BAR / 2 + 4, `shard ${shard}`, { anchor: 'middle', size: 12 }),
    ];
  };
  return [
    text(20, y + BAR / 2 + 5, `worker ${rank}`, { size: 13 }),
    ...shards.flatMap(pass),
    box({ x: computed, y, width: COMPUTED - computed, height: BAR }, COLORS.wait, rank === 2 ? 'wait' : ''),
    box({ x: COMPUTED, y, width: 170 - rank * 6, height: BAR }, COLORS.update, `reduce + update slice ${rank}`),
    box({ x: COMPUTED + 170 - rank * 6, y, width: 20 + rank * 6, height: BAR }, COLORS.wait),
  ];
}

const barrier = (x: number, bottom: number, label: string): string[] => [
  line(x, TOP - 14, x, bottom, '5 4'),
  text(x, TOP - 20, label, { anchor: 'middle', size: 12, color: COLORS.muted }),
];

const commit = (x: number): string[] => [
  box({ x, y: TOP, width: 84, height: 2 * LANE + BAR }, COLORS.light),
  ...['commit by', 'the last', 'worker:', 'step + 1'].map((part, i) =>
    text(x + 42, TOP + 56 + i * 20, part, { anchor: 'middle', size: 12 }),
  ),
];

function legend(left: number, y: number): string[] {
  const parts = [
    ['gather', COLORS.gather],
    ['forward', COLORS.forward],
    ['loss', COLORS.loss],
    ['backward', COLORS.backward],
    ['wait', COLORS.wait],
    ['reduction and update', COLORS.update],
  ] as const;
  return parts.flatMap(([label, color], i) => [
    box({ x: left + i * 120, y, width: 18, height: 18 }, color),
    text(left + i * 120 + 26, y + 14, label, { size: 12 }),
  ]);
}

function memory(left: number, top: number): string[] {
  const height = 40;
  const gradients = Array.from({ length: 8 }, (_, shard) =>
    box({ x: left + 280 + shard * 40, y: top + 30, width: 36, height }, COLORS.backward, `${shard}`),
  );
  return [
    text(left, top, 'Shared memory', { bold: true, size: 15 }),
    box({ x: left, y: top + 30, width: 200, height }, COLORS.forward, 'state, copy t mod 2'),
    ...gradients,
    box({ x: left + 660, y: top + 30, width: 210, height }, COLORS.update, 'state, copy (t + 1) mod 2'),
    text(left + 438, top + 88, 'one gradient buffer per shard', { anchor: 'middle', size: 12, color: COLORS.muted }),
    text(left + 100, top + 88, 'read by all workers', { anchor: 'middle', size: 12, color: COLORS.muted }),
    text(left + 765, top + 88, 'each worker writes its slice', { anchor: 'middle', size: 12, color: COLORS.muted }),
    arrow(left + 204, top + 50, left + 274, top + 50),
    text(left + 239, top + 42, 'shards', { anchor: 'middle', size: 11, color: COLORS.muted }),
    arrow(left + 602, top + 50, left + 654, top + 50),
    text(left + 628, top + 42, 'update', { anchor: 'middle', size: 11, color: COLORS.muted }),
    text(
      left,
      top + 122,
      'Until the commit raises the step counter from t to t + 1, copy t mod 2 is current, whatever happens to a worker.',
      {
        size: 12,
      },
    ),
  ];
}
