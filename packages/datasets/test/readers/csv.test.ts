import { describe, expect, it } from 'vitest';
import { type CsvOptions, csv } from '../../src/index.ts';
import { goldenFile } from '../golden-file.ts';
import { temporaryFiles } from '../temporary-files.ts';

const files = temporaryFiles();
const flowers = goldenFile('flowers.csv');

const errorOf = async (text: string | Uint8Array, options: CsvOptions = { label: 'y' }) =>
  csv(await files.of(text), options).then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );

describe('csv', () => {
  it('reads what Python has written: labels are the names of classes, in their sort order', async () => {
    const data = await csv(flowers, { label: 'species' });
    expect(data).toMatchObject({
      length: 4,
      sampleShape: [2],
      source: { kind: 'stored', samples: Float32Array.of(5.1, 3.5, 7, 3.2, 6.3, 3.3, 4.9, 3) },
      targets: {
        ...{ kind: 'labels', labels: Int32Array.of(0, 1, 2, 0), classes: 3, shape: [] },
        classNames: ['setosa', 'versicolor', 'virginica, \nlarge'],
      },
      normalization: { scale: [1, 1] },
    });
    expect(data.source.samples.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('reads pixels as bytes, and labels that are numbers', async () => {
    const path = goldenFile('pixels.csv');
    const data = await csv(path, { label: 'label', sampleShape: [1, 2, 2], element: 'uint8' });
    expect(data).toMatchObject({
      sampleShape: [1, 2, 2],
      source: { samples: Uint8Array.of(0, 255, 128, 1, 3, 2, 1, 0) },
      targets: { labels: Int32Array.of(7, 1), classes: 8 },
      normalization: { scale: [1 / 255], offset: [0] },
    });
    expect(data.targets).not.toHaveProperty('classNames');
    expect((await csv(path, { label: 0, classes: 10 })).targets).toMatchObject({ classes: 10 });
  });

  it('reads chosen columns by name or number, in their order, and values to predict', async () => {
    const path = await files.of('a;b;c;d\n 1;2;3;4\n5;6;7;8 \n');
    const byName = await csv(path, { values: ['d', 'a'], features: ['c', 'b'], delimiter: ';' });
    expect(byName).toMatchObject({
      source: { samples: Float32Array.of(3, 2, 7, 6) },
      targets: { kind: 'values', values: Float32Array.of(4, 1, 8, 5), shape: [2] },
    });
    expect(await csv(path, { values: [3, 0], features: [2, 1], delimiter: ';' })).toEqual(byName);
    const all = await csv(path, { values: ['b'], delimiter: ';' });
    expect(all).toMatchObject({ sampleShape: [3], source: { samples: Float32Array.of(1, 3, 4, 5, 7, 8) } });
  });

  it('reads files without a header, with tabs, a byte order mark, empty lines and quotes', async () => {
    const path = await files.of('\ufeff"1"\t.5\t-2e1\tcat\r\n\r\n2\t3.\t+4\t "do""g" \r\n   \r\n');
    const data = await csv(path, { label: 3, header: false, delimiter: '\t' });
    expect(data).toMatchObject({
      source: { samples: Float32Array.of(1, 0.5, -20, 2, 3, 4) },
      targets: { labels: Int32Array.of(0, 1), classNames: ['cat', 'do"g'] },
    });
  });

  it('takes the order of the classes from their names', async () => {
    const path = await files.of('x,y\n1,-1\n2,1\n3,-1\n');
    const { targets } = await csv(path, { label: 'y', classNames: ['1', 'other', '-1'] });
    expect(targets).toMatchObject({ labels: Int32Array.of(2, 0, 2), classes: 3, classNames: ['1', 'other', '-1'] });
    const numbers = await csv(await files.of('x,y\n1,1.0\n2,0\n'), { label: 'y', classNames: ['no', 'yes'] });
    expect(numbers.targets).toMatchObject({ labels: Int32Array.of(1, 0), classNames: ['no', 'yes'] });
  });

  it('reads many rows in order', async () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => `${i},${i % 7},${i / 4}`);
    const data = await csv(await files.of(`a,y,b\n${rows.join('\n')}`), { label: 'y' });
    expect(data).toMatchObject({ length: 50_000, targets: { classes: 7 } });
    expect(data.source.samples).toEqual(Float32Array.from({ length: 100_000 }, (_, i) => (i >> 1) / (i % 2 ? 4 : 1)));
  });

  it.each<[string, string | Uint8Array, object, string, RegExp]>([
    ['a text', 'x,y\n1,0\nred,1', {}, 'CONVOY_INVALID_DATA', /^"red" in line 3, in the column "x" of the file "/],
    ['an empty cell', 'x,y\n,0', {}, 'CONVOY_INVALID_DATA', /^an empty cell in line 2, in the column "x"/],
    ['a number of another kind', 'x,y\n0x10,0', {}, 'CONVOY_INVALID_DATA', /^"0x10" in line 2/],
    ['not a number', 'x,y\nnan,0', {}, 'CONVOY_INVALID_DATA', /^"nan" in line 2/],
    ['a large number', 'x,y\n1e39,0', {}, 'CONVOY_NOT_FINITE', /^"1e39" in line 2/],
    ['a fraction as a byte', 'x,y\n0.5,0', { element: 'uint8' }, 'CONVOY_INVALID_DATA', /^"0.5" in line 2/],
    ['256 as a byte', 'x,y\n256,0', { element: 'uint8' }, 'CONVOY_INVALID_DATA', /^"256" in line 2/],
    ['a text as a value', 'x,y\n1,b', { label: undefined, values: [1] }, 'CONVOY_INVALID_DATA', /^"b" in line 2.*"y"/],
    ['no label', 'x,y\n1,', {}, 'CONVOY_INVALID_LABEL', /^an empty label in line 2, in the column "y" of the file/],
    [
      'a negative label',
      'x,y\n1,0\n\n1,-1',
      {},
      'CONVOY_INVALID_LABEL',
      /^the label "-1" in line 4, in the column "y"/,
    ],
    ['half a label', 'x,y\n1,0.5', {}, 'CONVOY_INVALID_LABEL', /^the label "0.5" in line 2/],
    ['a great label', 'x,y\n1,4294967296', {}, 'CONVOY_INVALID_LABEL', /^the label "4294967296" in line 2/],
    ['a label of no class', 'x,y\n1,3', { classes: 3 }, 'CONVOY_INVALID_LABEL', /^the label "3" in line 2/],
    ['an unknown name', 'x,y\n1,c', { classNames: ['a', 'b'] }, 'CONVOY_INVALID_LABEL', /^the label "c" in line 2/],
    [
      'more names than classes',
      'x,y\n1,a\n2,b',
      { classes: 1 },
      'CONVOY_INVALID_LABEL',
      /^2 different labels that are no numbers, the first one in line 2, in the column "y" of the file/,
    ],
    ['a missing cell', 'x,y\n1,0\n1', {}, 'CONVOY_FILE_FORMAT', /whose line 3 is not CSV \(Invalid Record Length/],
    ['an open quote', 'x,y\n1,"0', {}, 'CONVOY_FILE_FORMAT', /whose line 2 is not CSV \(Quote Not Closed/],
    ['a quote inside', 'x,y\n1,a"b', {}, 'CONVOY_FILE_FORMAT', /whose line 2 is not CSV \(Invalid Opening Quote/],
    ['an empty file', '', {}, 'CONVOY_FILE_FORMAT', /which has no samples$/],
    ['only a header', 'x,y\n', {}, 'CONVOY_FILE_FORMAT', /which has no samples$/],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0), {}, 'CONVOY_FILE_FORMAT', /compressed with gzip$/],
    ['a long line', `x,y\n${','.repeat(2 ** 22 + 1)}`, {}, 'CONVOY_FILE_FORMAT', /whose line 2 is too long$/],
    ['a long cell', `x,y\n1,"${'\n'.repeat(2 ** 22 + 1)}"`, {}, 'CONVOY_FILE_FORMAT', /Max Record Size/],
    ['an unknown column', 'x,yes\n1,0', {}, 'CONVOY_UNKNOWN_NAME', /^the column "y" of the file .*no such column$/],
    ['an ambiguous column', 'y,y\n1,0', {}, 'CONVOY_UNKNOWN_NAME', /^the column "y"/],
    ['a column behind the last', 'x,y\n1,0', { label: 2 }, 'CONVOY_UNKNOWN_NAME', /^the column 2 of the file/],
    ['a name without a header', '1,0', { header: false }, 'CONVOY_UNKNOWN_NAME', /^the column "y" of the file/],
    [
      'a column twice',
      'x,y\n1,0',
      { features: ['x', 'y'] },
      'CONVOY_INVALID_OPTION',
      /^the column 1 \(counted from 0\) of the file .* twice$/,
    ],
    ['no features', 'y\n1', {}, 'CONVOY_FILE_FORMAT', /which has no columns besides/],
    [
      'another shape',
      'x,y\n1,0',
      { sampleShape: [1, 2] },
      'CONVOY_SHAPE_MISMATCH',
      /^the sample shape \[1, 2\] for 1 co/,
    ],
    ['a wrong shape', 'x,y\n1,0', { sampleShape: [0] }, 'CONVOY_INVALID_SHAPE', /^sampleShape: \[0\]$/],
    ['no target', 'x,y\n1,0', { label: undefined }, 'CONVOY_INVALID_OPTION', /^neither label nor values$/],
    ['no values', 'x,y\n1,0', { label: undefined, values: [] }, 'CONVOY_INVALID_OPTION', /^values: \[\]$/],
    ['two targets', 'x,y\n1,0', { values: ['x'] }, 'CONVOY_INVALID_OPTION', /^both label and values$/],
    ['a wrong column', 'x,y\n1,0', { label: 0.5 }, 'CONVOY_INVALID_OPTION', /^label: 0.5$/],
    ['a wrong delimiter', 'x,y\n1,0', { delimiter: '"' }, 'CONVOY_INVALID_OPTION', /^delimiter: /],
    ['another option', 'x,y\n1,0', { separator: ';' }, 'CONVOY_INVALID_OPTION', /^the option "separator"/],
  ])('refuses %s', async (_, text, options, code, given) => {
    expect(await errorOf(text, { label: 'y', ...options })).toMatchObject({
      code,
      given: expect.stringMatching(given),
    });
  });

  it('refuses directories and missing files', async () => {
    await expect(csv(files.directory, { label: 0 })).rejects.toMatchObject({ code: 'CONVOY_FILE_UNREADABLE' });
    await expect(csv('/no/file.csv', { label: 0 })).rejects.toMatchObject({ code: 'CONVOY_FILE_NOT_FOUND' });
  });

  it('needs no more time for many columns or classes', async () => {
    const columns = 100_000;
    const wide = `${Array.from({ length: columns }, (_, i) => `c${i}`).join(',')}\n${'1,'.repeat(columns - 1)}1\n`;
    expect(await csv(await files.of(wide), { label: 'c7' })).toMatchObject({ sampleShape: [columns - 1] });
    const rows = Array.from({ length: 100_000 }, (_, i) => `${i},name ${i}`);
    const { targets } = await csv(await files.of(`x,y\n${rows.join('\n')}`), { label: 'y' });
    expect(targets).toMatchObject({ classes: 100_000 });
  });
});
