// Writes the epochs of a run as comma-separated values, for spreadsheets.
import { ConvoyError } from '@convoy/tensor';
import type { Callback } from '../fit/callback.ts';
import type { EpochRecord } from '../shared/records.ts';
import { LineLog, type LogOptions } from './line-log.ts';
import { scoresByName } from './monitored.ts';

/**
 * Writes a line of comma-separated values after each epoch, below a line with the names of the columns: `epoch`, the scores (`loss`, then
 * the metrics), the scores of the validation data (`validation.loss`, …), `seconds`, `samplesPerSecond`. Each line is on the disk before the
 * run continues.
 * @throws ConvoyError CONVOY_INVALID_OPTION; from `fit`: CONVOY_FILE_UNWRITABLE before the first epoch or after an epoch, CONVOY_FILE_FORMAT
 * after the first epoch if lines are appended to a file with other columns
 */
export function csvLog(options: LogOptions): Callback {
  const log = new LineLog('csvLog', options);
  let header: string | undefined;
  const write = async (record: EpochRecord) => {
    const row = rowOf(record);
    const columns = row.map(([name]) => quoted(name)).join(',');
    if (header === undefined) {
      await log.add(columns);
      header = columns;
    }
    if (header !== columns) throw otherColumns(log.file, header, columns);
    await log.add(row.map(([, value]) => value).join(','));
  };
  return {
    skipsFastDevRun: true,
    async onStart({ records }) {
      header = await log.start();
      if (!log.append) for (const record of records) await write(record);
    },
    onEpochEnd: write,
  };
}

const rowOf = (record: EpochRecord): readonly (readonly [name: string, value: number])[] => [
  ['epoch', record.epoch],
  ...scoresByName(record),
  ['seconds', record.seconds],
  ['samplesPerSecond', record.samplesPerSecond],
];

/** Quoted as RFC 4180 defines it, because a metric may have any name. */
const quoted = (name: string): string => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

/** The first line of a file that is no log may be long. */
const MAX_SHOWN = 1000;

const otherColumns = (file: string, header: string, columns: string) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the file ${JSON.stringify(file)} with the columns ${header.slice(0, MAX_SHOWN)}`,
    expected: `the columns ${columns}`,
    fix: 'Write to another file, or pass append: false to overwrite this one.',
  });
