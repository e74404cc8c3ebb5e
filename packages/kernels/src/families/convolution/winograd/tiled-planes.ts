// Transforms the cells that the tiles of a band read: first down the columns, which adjacent tiles share, then along
// the rows of each tile.
import { load, splat } from '../../../language/floats.ts';
import { both, Index, less, maximum, minimum } from '../../../language/index-expression.ts';
import type { KernelBuilder } from '../../../language/kernel-builder.ts';
import { type Accessor, cellsIn } from '../../../language/operands.ts';
import { type Access, type BufferOperand, LANES } from '../../../language/value.ts';
import type { Axis } from '../taps.ts';
import { productAt } from './matrices.ts';
import { type Band, tileOutputs, tilesOf } from './tiles.ts';
import { type LineTransform, POINTS } from './transforms.ts';

/** The cells that tiles read along an axis: tile t reads cells t · step − before to t · step − before + reach − 1. */
interface Reading {
  readonly cells: number;
  readonly tiles: number;
  readonly step: number;
  readonly before: number;
  readonly reach: number;
}

const readingInputs = (axis: Axis): Reading => ({
  cells: axis.input,
  tiles: tilesOf(axis),
  step: tileOutputs(axis),
  before: axis.padding,
  reach: POINTS,
});

const readingOutputs = (axis: Axis): Reading => ({
  cells: axis.output,
  tiles: tilesOf(axis),
  step: tileOutputs(axis),
  before: 0,
  reach: tileOutputs(axis),
});

/** The tiles of the planes of a buffer. */
export interface TiledPlanes {
  readonly channels: number;
  readonly rows: Reading;
  readonly columns: Reading;
}

/** Tiles of 6 × 6 inputs, which overlap. */
export const inputTiles = (channels: number, rows: Axis, columns: Axis): TiledPlanes => ({
  channels,
  rows: readingInputs(rows),
  columns: readingInputs(columns),
});

/** Tiles of outputs. */
export const outputTiles = (channels: number, rows: Axis, columns: Axis): TiledPlanes => ({
  channels,
  rows: readingOutputs(rows),
  columns: readingOutputs(columns),
});

/** The part of a buffer that begins `start` floats after its beginning. */
interface Memory {
  readonly buffer: BufferOperand;
  readonly start: number;
}

/** The memory that `transformBand` needs, in floats. */
export const transformFloats = (planes: TiledPlanes): number => {
  const { columns } = planes;
  return linesFloats(planes) + (touchesEdge(planes.rows) ? planes.rows.reach * columns.cells * LANES : 0);
};

/** Stores the zeros beside the plane, which no band overwrites. Call it once, before the first band is transformed. */
export function clearBorders(k: KernelBuilder, planes: TiledPlanes, memory: Memory): void {
  const line = linesOf(planes, memory);
  k.loop('row', 0, POINTS, (row) =>
    k.loop('column', 0, cellsRead(planes.columns), (column) => k.store(line(row, column), splat(0))),
  );
}

interface Transformation {
  readonly planes: TiledPlanes;
  readonly source: Accessor<[number, number, number]>;
  /** `transformFloats` floats of memory. */
  readonly memory: Memory;
  readonly transform: LineTransform;
  /** The place for a value of a tile. */
  target(product: Index, channel: Index, tile: Index): Access;
}

/**
 * Transforms all tiles of a band for some channels; by default for all. In `target`, channel 0 is the first of them.
 */
export function transformBand(
  k: KernelBuilder,
  transformation: Transformation,
  band: Band,
  firstChannel: Index = new Index(0),
  channels = transformation.planes.channels,
): void {
  const { columns } = transformation.planes;
  k.loop('channel', 0, channels, (channel) =>
    k.loop('row', 0, band.rows, (row) =>
      transformTileRow(k, transformation, firstChannel.plus(channel), band.first.plus(row), (a, b, column) =>
        transformation.target(productAt(a, b), channel, row.times(columns.tiles).plus(column)),
      ),
    ),
  );
}

function transformTileRow(
  k: KernelBuilder,
  { planes, source, memory, transform }: Transformation,
  channel: Index,
  row: Index,
  target: (a: Index, b: number, column: Index) => Access,
): void {
  const { rows, columns } = planes;
  const line = linesOf(planes, memory);
  const top = row.times(rows.step).minus(rows.before);
  const downColumns = (cell: (a: number, column: Index) => Access) =>
    k.loop('column', 0, columns.cells, (column) =>
      k.halves(() => {
        const values = Array.from({ length: rows.reach }, (_, a) => k.let('d', load(cell(a, column))));
        for (const [a, value] of transform(k, values).entries()) {
          k.store(line(new Index(a), column.plus(columns.before)), value);
        }
      }),
    );
  const inside = () => downColumns((a, column) => source(channel, top.plus(a), column));
  const atEdge = () => {
    const copied = cellsIn(memory.buffer, [rows.reach, columns.cells], memory.start + linesFloats(planes));
    const from = k.bind('from', maximum(0, top.times(-1)));
    const to = k.bind('to', minimum(rows.reach, top.times(-1).plus(rows.cells)));
    const eachCell = (first: Index, last: Index, visit: (a: Index, column: Index) => void) =>
      k.loop('a', first, last, (a) => k.loop('column', 0, columns.cells, (column) => visit(a, column)));
    const clear = (a: Index, column: Index) => k.store(copied(a, column), splat(0));
    eachCell(new Index(0), from, clear);
    eachCell(from, to, (a, column) => k.store(copied(a, column), load(source(channel, top.plus(a), column))));
    eachCell(to, new Index(rows.reach), clear);
    downColumns((a, column) => copied(new Index(a), column));
  };
  if (touchesEdge(rows)) k.if(both(less(-1, top), less(top, rows.cells - rows.reach + 1)), inside, atEdge);
  else inside();
  k.loop('column', 0, columns.tiles, (column) =>
    k.loop('a', 0, POINTS, (a) =>
      k.halves(() => {
        const values = Array.from({ length: columns.reach }, (_, b) =>
          k.let('d', load(line(a, column.times(columns.step).plus(b)))),
        );
        for (const [b, value] of transform(k, values).entries()) k.store(target(a, b, column), value);
      }),
    ),
  );
}

/** The cells that the tiles read along an axis, including those outside the plane. */
const cellsRead = ({ tiles, step, reach }: Reading): number => (tiles - 1) * step + reach;

const touchesEdge = (rows: Reading): boolean => rows.before > 0 || cellsRead(rows) > rows.cells;

const linesFloats = ({ columns }: TiledPlanes): number => POINTS * cellsRead(columns) * LANES;

const linesOf = ({ columns }: TiledPlanes, { buffer, start }: Memory) =>
  cellsIn(buffer, [POINTS, cellsRead(columns)], start);
