// For people at a terminal: the lines of a log, and below them a bar for the running epoch.
import type { WriteStream } from 'node:tty';
import type { Progress } from '@convoy/trainer';
import { SingleBar } from 'cli-progress';
import { lineReporter } from './line-reporter.ts';
import { count, decimals, duration, percent } from './numbers.ts';
import type { Reporter } from './reporter.ts';

/** What stands beside the bar at its widest: "epoch 10/10", "100 %", loss, accuracy, speed, and hours left. */
const TEXT_COLUMNS = 85;
const MOST_BAR_COLUMNS = 30;
const LEAST_BAR_COLUMNS = 10;

export function terminalReporter(terminal: WriteStream): Reporter {
  const lines = lineReporter(terminal);
  const bar = new SingleBar({
    stream: terminal,
    format: '{title} {bar} {percentage} %{scores}{speed}',
    barsize: Math.max(LEAST_BAR_COLUMNS, Math.min(MOST_BAR_COLUMNS, terminal.columns - TEXT_COLUMNS)),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    // Cuts the line at the edge of a narrow terminal.
    linewrap: true,
    clearOnComplete: true,
    // The cursor comes back on exit instead, whatever the reason.
    gracefulExit: false,
  });
  const clear = () => bar.stop();
  process.once('exit', clear);

  return {
    start: lines.start,
    progress(progress) {
      if (!bar.isActive) bar.start(progress.steps, 0, texts(progress));
      bar.update(progress.step, texts(progress));
    },
    epoch(epoch) {
      clear();
      lines.epoch(epoch);
    },
    done: lines.done,
    close() {
      clear();
      process.off('exit', clear);
    },
  };
}

/** The texts in the format of the bar. */
function texts({ epoch, epochs, scores, samplesPerSecond, secondsLeft }: Progress) {
  const { loss, accuracy = Number.NaN } = scores ?? {};
  return {
    title: `epoch ${epoch}/${epochs}`,
    scores: loss === undefined ? '' : `  loss ${decimals(loss, 4)}  accuracy ${percent(accuracy)}`,
    speed: secondsLeft === undefined ? '' : `  ${count(samplesPerSecond)} samples/s  ${duration(secondsLeft)} left`,
  };
}
