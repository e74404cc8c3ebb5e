// For logs: plain lines, one per epoch.
import { formatClassReport } from '@convoy/layers';
import type { Output } from '../context.ts';
import { count, percent } from './format-number.ts';
import type { Epoch, Reporter, Result, Run } from './reporter.ts';

/** So that lines fit the usual terminal; only paths and names can make them longer. */
const MAX_COLUMNS = 80;

export function lineReporter(output: Output): Reporter {
  const write = (lines: readonly string[]) => output.write(lines.map((line) => `${line}\n`).join(''));
  let run: Run;
  return {
    start(started) {
      run = started;
      write([...startLines(run), epochRow(EPOCH_COLUMNS, run)]);
    },
    progress: () => undefined,
    epoch: (epoch) => write([epochRow(epochTexts(epoch, run), run)]),
    done: (result) => write(doneLines(result, run)),
    close: () => undefined,
  };
}

function startLines(run: Run): readonly string[] {
  const { model, parameters, data, trainSamples, testSamples, epochs, stepsDone } = run;
  return [
    ...fill([
      `${model}, ${count(parameters)} parameters`,
      `on ${data}, ${count(trainSamples)} samples to train and ${count(testSamples)} to test`,
    ]),
    ...fill([
      ...[`epochs ${epochs}`, `batch size ${run.batchSize}`, `seed ${run.seed}`, `workers ${run.workers}`],
      ...(run.simd === 'wide' ? ['wide SIMD'] : []),
    ]),
    ...fill(learningTexts(run)),
    ...(stepsDone > 0 ? [resumption(run)] : []),
  ];
}

/** Where a run that was interrupted continues. */
const resumption = ({ epochs, epochsDone, stepsDone }: Run): string =>
  epochsDone < epochs
    ? `continues in epoch ${epochsDone + 1} of ${epochs}, after step ${count(stepsDone)}`
    : `all ${epochs} epochs are done, after step ${count(stepsDone)}`;

/** "sgd", "learning rate 0.01", "nesterov", …: each setting by the words of its option. */
function learningTexts({ learning: { optimizer, ...settings } }: Run): readonly string[] {
  const texts = Object.entries(settings).map(([name, value]) =>
    value === true ? words(name) : `${words(name)} ${value}`,
  );
  return [`${optimizer}`, ...texts];
}

/** "learning rate" of learningRate. */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** The texts with commas between them, in as many lines as they need. */
function fill([first = '', ...texts]: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let line = first;
  for (const text of texts) {
    const longer = `${line}, ${text}`;
    if (longer.length > MAX_COLUMNS) lines.push(line);
    line = longer.length > MAX_COLUMNS ? text : longer;
  }
  return [...lines, line];
}

const EPOCH_COLUMNS = ['epoch', 'loss', 'accuracy', 'test loss', 'test accuracy', 'samples/s', 'seconds'];

const epochTexts = (
  { epoch, loss, accuracy, testLoss, testAccuracy, seconds, samplesPerSecond }: Epoch,
  { epochs }: Run,
): readonly string[] => [
  `${epoch}/${epochs}`,
  loss.toFixed(4),
  percent(accuracy),
  testLoss.toFixed(4),
  percent(testAccuracy),
  count(samplesPerSecond),
  seconds.toFixed(1),
];

/** A row of the table of epochs. Rows are printed one by one, so the widths of the columns are fixed. */
function epochRow(texts: readonly string[], { epochs }: Run): string {
  const widths = EPOCH_COLUMNS.map((name) => Math.max(name.length, '0.0000'.length));
  const epochWidth = Math.max('epoch'.length, `${epochs}/${epochs}`.length);
  return [epochWidth, ...widths.slice(1)].map((width, column) => (texts[column] as string).padStart(width)).join('  ');
}

function doneLines(
  { testAccuracy, testLoss, samplesPerSecond, seconds, workers, parametersSha256, classReport }: Result,
  { weights }: Run,
): readonly string[] {
  return [
    `test accuracy ${percent(testAccuracy)}, test loss ${testLoss.toFixed(4)}`,
    `${count(samplesPerSecond)} samples/s, ${seconds.toFixed(1)} s of training, workers ${workers}`,
    weights === undefined ? 'fast dev run, nothing saved' : `weights ${weights}`,
    'SHA-256 of the parameters:',
    parametersSha256,
    ...(classReport ? [formatClassReport(classReport)] : []),
  ];
}
