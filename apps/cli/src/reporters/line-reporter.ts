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
  const { model, parameters, data, trainSamples, testSamples, epochs, batchSize, learningRate, momentum } = run;
  const { epochsDone, stepsDone } = run;
  return [
    `${model}, ${count(parameters)} parameters, on ${data}, ${count(trainSamples)} samples to train and ${count(testSamples)} to test`,
    `epochs ${epochs}, batch size ${batchSize}, learning rate ${learningRate}, momentum ${momentum}, weight decay ${run.weightDecay}, ` +
      `seed ${run.seed}, workers ${run.workers}${run.simd === 'wide' ? ', wide SIMD' : ''}`,
    ...(stepsDone > 0 ? [`goes on after epoch ${epochsDone} of ${epochs}, step ${count(stepsDone)}`] : []),
  ];
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
