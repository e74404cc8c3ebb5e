// Reads rows of packed shards in any thread, each where it lies in its file.
import { closeSync, openSync, readSync } from 'node:fs';
import { fileError } from '@convoy/tensor/errors';
import type { RowReader } from '../dataset/dataset.ts';
import { damaged } from './shard-description.ts';

/** Where the rows of a shard are. */
interface ShardRows {
  readonly path: string;
  /** The number of its first row. */
  readonly first: number;
  /** The position of this row in the file. */
  readonly position: number;
}

/** What `openReader` gets. */
export interface PackedReaderOptions {
  /** All shards, in the order of their rows. */
  readonly shards: readonly ShardRows[];
  /** Rows in all shards but the last one. */
  readonly perShard: number;
  readonly rowBytes: number;
}

export function openReader({ shards, perShard, rowBytes }: PackedReaderOptions): RowReader {
  const files = new Map<ShardRows, number>();
  const fileOf = (shard: ShardRows): number => {
    const open = files.get(shard);
    if (open !== undefined) return open;
    const file = openSync(shard.path, 'r');
    files.set(shard, file);
    return file;
  };
  return {
    read(row, into) {
      const shard = shards[Math.floor(row / perShard)] as ShardRows;
      const bytes = new Uint8Array(into.buffer, into.byteOffset, rowBytes);
      const position = shard.position + (row - shard.first) * rowBytes;
      let done = 0;
      try {
        const file = fileOf(shard);
        for (let read = -1; done < rowBytes && read !== 0; done += read) {
          read = readSync(file, bytes, done, rowBytes - done, position + done);
        }
      } catch (cause) {
        throw fileError('read', shard.path, cause);
      }
      if (done < rowBytes)
        throw damaged(`the file ${JSON.stringify(shard.path)}`, 'which became shorter', 'a file that does not change');
    },
    close() {
      for (const file of files.values()) closeSync(file);
      files.clear();
    },
  };
}
