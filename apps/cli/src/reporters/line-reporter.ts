// For logs: plain lines, one an epoch.
import { formatClassReport } from '@convoy/layers';
import { count, percent } from './numbers.ts';
import type { Epoch, Reporter, Result, Run } from './reporter.ts';

export function lineReporter(output: NodeJS.WritableStream): Reporter {
  const write = (lines: readonly string[]) => output.write(lines.map((line) => `${line}\n`).join(''));
  let run: Run;
  return {
    start(started) {
      run = started;
      write(startLines(run));
    },
    progress: () => undefined,
    epoch: (epoch) => write([epochLine(epoch, run)]),
    done: (result) => write(doneLines(result, run)),
    close: () => undefined,
  };
}

function startLines(run: Run): readonly string[] {
  const { model, parameters, data, trainSamples, testSamples, epochs, epochsDone, stepsDone } = run;
  return [
    `${model}, ${count(parameters)} parameters, on ${data}, ${count(trainSamples)} samples to train and ${count(testSamples)} to test`,
    `epochs ${epochs}, batch size ${run.batchSize}, seed ${run.seed}, workers ${run.workers}${run.simd === 'wide' ? ', wide SIMD' : ''}`,
    learningLine(run),
    ...(stepsDone > 0 ? [`goes on after epoch ${epochsDone} of ${epochs}, step ${count(stepsDone)}`] : []),
  ];
}

/** What there is to tell of how the run learns, in the words of the options. */
function learningLine(run: Run): string {
  const parts: readonly (readonly [name: string, value: string | number | true | undefined])[] = [
    ['learning rate', run.learningRate],
    ['momentum', run.momentum],
    ['nesterov', run.nesterov],
    ['weight decay', run.weightDecay],
    ['schedule', run.schedule],
    ['decay epochs', run.decayEpochs],
    ['decay factor', run.decayFactor],
    ['final learning rate', run.finalLearningRate],
    ['warm-up', run.warmUp],
    ['label smoothing', run.labelSmoothing],
    ['clip norm', run.clipNorm],
    ['average', run.average],
  ];
  const told = parts.flatMap(([name, value]) =>
    value === undefined ? [] : value === true ? name : `${name} ${value}`,
  );
  return [run.optimizer, ...told].join(', ');
}

function epochLine(
  { epoch, loss, accuracy, testLoss, testAccuracy, seconds, samplesPerSecond }: Epoch,
  { epochs }: Run,
) {
  return [
    `epoch ${`${epoch}`.padStart(`${epochs}`.length)}/${epochs}`,
    `loss ${loss.toFixed(4)}`,
    `accuracy ${percent(accuracy)}`,
    `test loss ${testLoss.toFixed(4)}`,
    `test accuracy ${percent(testAccuracy)}`,
    `${count(samplesPerSecond)} samples/s`,
    `${seconds.toFixed(1)} s`,
  ].join('  ');
}

function doneLines(
  { testAccuracy, testLoss, samplesPerSecond, seconds, workers, parametersSha256, classReport }: Result,
  { weights }: Run,
): readonly string[] {
  return [
    `test accuracy ${percent(testAccuracy)}, test loss ${testLoss.toFixed(4)}`,
    `${count(samplesPerSecond)} samples/s, ${seconds.toFixed(1)} s of training, workers ${workers}`,
    `${weights === undefined ? 'fast dev run, nothing saved' : `weights ${weights}`}, SHA-256 of the parameters ${parametersSha256}`,
    ...(classReport ? [formatClassReport(classReport)] : []),
  ];
}
