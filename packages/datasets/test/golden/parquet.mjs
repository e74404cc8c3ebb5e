// Writes Parquet files as model hubs store images, with parquet-wasm, a build of Apache Arrow's Rust implementation. In a temporary folder:
//   npm install parquet-wasm apache-arrow && node <this file> <packages/datasets/test/golden>
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json'));
const arrow = require('apache-arrow');
const parquet = require('parquet-wasm/node');

const golden = process.argv[2];
const image = (name) => new Uint8Array(readFileSync(join(golden, 'images', name)));
const [rgb, gray] = [image('rgb.png'), image('gray.png')];

function write(name, columns, { compression, metadata = {}, rowGroup = 100 }) {
  const table = new arrow.Table(columns);
  const stream = arrow.tableToIPC(table, 'stream');
  const properties = new parquet.WriterPropertiesBuilder()
    .setCompression(parquet.Compression[compression])
    .setMaxRowGroupSize(rowGroup)
    .setKeyValueMetadata(new Map(Object.entries(metadata)))
    .build();
  writeFileSync(join(golden, name), parquet.writeParquet(parquet.Table.fromIPCStream(stream), properties));
}

const { Binary, Field, Int64, Struct, Utf8 } = arrow;
const struct = arrow.vectorFromArray(
  [
    { bytes: rgb, path: 'a.png' },
    { bytes: gray, path: 'b.png' },
    { bytes: rgb, path: null },
  ],
  new Struct([new Field('bytes', new Binary(), true), new Field('path', new Utf8(), true)]),
);
const huggingface = JSON.stringify({
  info: { features: { image: { _type: 'Image' }, label: { names: ['cat', 'dog'], _type: 'ClassLabel' } } },
});
write(
  'hub.parquet',
  { image: struct, label: arrow.vectorFromArray([1n, 0n, 1n], new Int64()) },
  { compression: 'SNAPPY', metadata: { huggingface }, rowGroup: 2 },
);
write(
  'plain.parquet',
  {
    png: arrow.vectorFromArray([gray, rgb], new Binary()),
    kind: arrow.vectorFromArray(['zebra', 'ant'], new Utf8()),
  },
  { compression: 'ZSTD' },
);
