// Logs in files: what stands in them after each epoch, and what becomes of files that are there.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Callback, createTrainer, csvLog, type EpochRecord, jsonLinesLog } from '@convoy/trainer';
import { afterAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../refusal.ts';
import { classifier, images, points, regression } from '../small-cases.ts';
import { follow, losses } from './scripted-run.ts';

const directory = mkdtempSync(join(tmpdir(), 'convoy-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let files = 0;
/** A path of its own, with a file if there is text. */
function path(text?: string): string {
  const file = join(directory, `log ${files++}`);
  if (text !== undefined) writeFileSync(file, text);
  return file;
}

const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n');
const header = 'epoch,loss,seconds,samplesPerSecond';

describe('csvLog', () => {
  it('writes a line an epoch below the names of the columns', async () => {
    const file = path();
    await follow(csvLog({ file }), losses(0.1, 1e-7, NaN, Infinity));
    expect(linesOf(file)).toEqual([
      header,
      '1,0.1,0.5,1000',
      '2,1e-7,0.5,1000',
      '3,NaN,0.5,1000',
      '4,Infinity,0.5,1000',
      '',
    ]);
  });

  it('has columns for metrics, also of strange names, and for validation', async () => {
    const file = path();
    const epoch = { scores: { loss: 1, 'a "b", c': 2 }, validation: { loss: 3, 'a "b", c': 4 } };
    await follow(csvLog({ file }), { epochs: [epoch] });
    expect(linesOf(file)).toEqual([
      'epoch,loss,"a ""b"", c",validation.loss,"validation.a ""b"", c",seconds,samplesPerSecond',
      '1,1,2,3,4,0.5,1000',
      '',
    ]);
  });

  it('overwrites the file with each fit', async () => {
    const file = path('something else');
    const log = csvLog({ file });
    await follow(log, losses(3, 2));
    await follow(log, losses(1));
    expect(linesOf(file)).toEqual([header, '1,1,0.5,1000', '']);
  });

  it('adds to a file of the same columns, with one line of names', async () => {
    const file = path();
    const log = csvLog({ file, append: true });
    await follow(log, losses(3));
    await follow(log, losses(2));
    await follow(csvLog({ file, append: true }), losses(1));
    expect(linesOf(file)).toEqual([header, '1,3,0.5,1000', '1,2,0.5,1000', '1,1,0.5,1000', '']);
  });

  it('ends a line that was left unfinished, and takes other ends of lines', async () => {
    const unfinished = path(`${header}\n1,0.`);
    await follow(csvLog({ file: unfinished, append: true }), losses(2));
    expect(linesOf(unfinished)).toEqual([header, '1,0.', '1,2,0.5,1000', '']);
    const windows = path(`${header}\r\n`);
    await follow(csvLog({ file: windows, append: true }), losses(2));
    expect(linesOf(windows)).toEqual([`${header}\r`, '1,2,0.5,1000', '']);
  });

  it('writes all epochs of a run that is resumed, unless it adds to the file', async () => {
    const file = path();
    await follow(csvLog({ file }), { ...losses(3, 2, 1), resumed: { after: 2, callback: csvLog({ file }) } });
    const lines = [header, '1,3,0.5,1000', '2,2,0.5,1000', '3,1,0.5,1000', ''];
    expect(linesOf(file)).toEqual(lines);
    const [before, adding] = [csvLog({ file }), csvLog({ file, append: true })];
    await follow(before, { ...losses(3, 2, 1), resumed: { after: 2, callback: adding } });
    expect(linesOf(file)).toEqual(lines);
  });

  it('reads only the first line of the file, however long the file or the line is', async () => {
    const long = path(`${header}\n`);
    // A sparse file, which takes no space on the disk.
    truncateSync(long, 2 ** 33);
    await follow(csvLog({ file: long, append: true }), losses(2));
    expect(statSync(long).size).toBe(2 ** 33 + '\n1,2,0.5,1000\n'.length);
    const binary = path();
    writeFileSync(binary, '');
    truncateSync(binary, 2 ** 33);
    const run = follow(csvLog({ file: binary, append: true }), losses(1));
    const { message } = await expectRefusal(run, 'CONVOY_FILE_FORMAT', /with the columns \0+$/);
    expect(message.length).toBeLessThan(2000);
  });

  it('finds a first line of any length up to a limit', async () => {
    for (const length of [4000, 4096, 4097, 300_000]) {
      const name = 'x'.repeat(length);
      const file = path();
      const log = csvLog({ file, append: true });
      for (const loss of [3, 2]) await follow(log, { epochs: [{ scores: { loss, [name]: 1 } }] });
      expect(linesOf(file).map((line) => line.length)).toEqual([header.length + length + 1, 14, 14, 0]);
    }
  });

  it('does not mix columns', async () => {
    const file = path('epoch,loss\n1,2\n');
    const run = follow(csvLog({ file, append: true }), losses(1));
    const error = await expectRefusal(run, 'CONVOY_FILE_FORMAT', /with the columns epoch,loss$/);
    expect(error.expected).toBe(`the columns ${header}`);
    expect(readFileSync(file, 'utf8')).toBe('epoch,loss\n1,2\n');
  });
});

describe('jsonLinesLog', () => {
  it('writes the record of each epoch', async () => {
    const file = path();
    const better = { scores: { loss: 1, accuracy: 0.1 }, validation: { loss: 2, accuracy: 1 / 3 } };
    await follow(jsonLinesLog({ file }), { epochs: [better, { scores: { loss: NaN } }] });
    const [first, second, ...rest] = linesOf(file) as [string, string];
    const timing = { seconds: 0.5, samplesPerSecond: 1000 };
    expect(JSON.parse(first)).toEqual({ epoch: 1, ...better, ...timing });
    expect(JSON.parse(second)).toEqual({ epoch: 2, scores: { loss: null }, ...timing });
    expect(rest).toEqual(['']);
  });

  it('writes all epochs of a run that is resumed, unless it adds to the file', async () => {
    const file = path();
    for (const append of [false, true]) {
      const resumed = { after: 2, callback: jsonLinesLog({ file, append }) };
      await follow(jsonLinesLog({ file }), { ...losses(3, 2, 1), resumed });
      const epochs = linesOf(file)
        .slice(0, -1)
        .map((line) => JSON.parse(line).epoch);
      expect(epochs).toEqual([1, 2, 3]);
    }
  });

  it('appends to a file or overwrites it', async () => {
    const file = path('{"epoch":0}\n');
    await follow(jsonLinesLog({ file, append: true }), losses(1));
    expect(linesOf(file)).toHaveLength(3);
    await follow(jsonLinesLog({ file }), losses(1));
    expect(linesOf(file)).toHaveLength(2);
  });
});

describe.each([
  { name: 'csvLog', log: csvLog },
  { name: 'jsonLinesLog', log: jsonLinesLog },
])('$name of a trainer', ({ log }) => {
  it.each([false, true])('fails before the first step where it cannot write, with append: %s', async (append) => {
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    const run = (file: string) => trainer.fit(points(32), { epochs: 1, callbacks: [log({ file, append })] });
    await expectRefusal(run(directory), 'CONVOY_FILE_UNWRITABLE', /EISDIR/);
    await expectRefusal(run(join(directory, 'none', 'log')), 'CONVOY_FILE_UNWRITABLE', /ENOENT/);
    expect(trainer.step).toBe(0);
  });

  it.skipIf(process.platform === 'win32')('refuses devices and pipes before the first step', async () => {
    const pipe = path();
    execFileSync('mkfifo', [pipe]);
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    for (const file of ['/dev/full', '/dev/zero', '/dev/null', pipe]) {
      for (const append of [false, true]) {
        const run = trainer.fit(points(32), { epochs: 1, callbacks: [log({ file, append })] });
        await expectRefusal(run, 'CONVOY_FILE_UNWRITABLE', /which is a device, a pipe or a socket$/);
      }
    }
    expect(trainer.step).toBe(0);
  });

  it.each([undefined, '', 3])('refuses file: %j', async (file) => {
    const create = async () => log({ file } as never);
    await expectRefusal(create(), 'CONVOY_INVALID_OPTION', /^file: /);
    const wrongly = async () => log({ file: 'log', append: 'yes' } as never);
    await expectRefusal(wrongly(), 'CONVOY_INVALID_OPTION', /^append: "yes"$/);
  });
});

describe('both logs of a trainer', () => {
  it('hold every epoch as soon as it has ended', async () => {
    const [csv, jsonLines] = [path(), path()];
    const records: EpochRecord[] = [];
    const compare: Callback = {
      onEpochEnd(record) {
        records.push(record);
        const objects = linesOf(jsonLines)
          .slice(0, -1)
          .map((line) => JSON.parse(line));
        expect(objects).toEqual(records);
        expect(linesOf(csv)).toEqual([
          'epoch,loss,accuracy,validation.loss,validation.accuracy,seconds,samplesPerSecond',
          ...records.map(({ epoch, scores, validation = {}, seconds, samplesPerSecond }) =>
            [epoch, ...Object.values(scores), ...Object.values(validation), seconds, samplesPerSecond].join(','),
          ),
          '',
        ]);
      },
    };
    await using trainer = await createTrainer({ ...classifier, workers: 2 });
    const callbacks = [csvLog({ file: csv }), jsonLinesLog({ file: jsonLines }), compare];
    await trainer.fit(images(64), { epochs: 3, validation: images(16), callbacks });
    expect(records).toHaveLength(3);
  });
});
