// For people at a terminal: the lines of a log, and below them a bar for the running epoch.
import type { WriteStream } from 'node:tty';
import type { Scores } from '@convoy/layers';
import type { Progress } from '@convoy/trainer';
import { SingleBar } from 'cli-progress';
import { lineReporter } from './line-reporter.ts';
import { count, duration, percent } from './numbers.ts';
import type { Reporter } from './reporter.ts';

/** What stands beside the bar at its widest: "epoch 100/100", loss, accuracy, a speed of six digits, hours left. */
const TEXT_COLUMNS = 79;
const MOST_BAR_COLUMNS = 40;
const LEAST_BAR_COLUMNS = 5;

export function terminalReporter(terminal: WriteStream): Reporter {
  const lines = lineReporter(terminal);
  // Some pseudo-terminals say 0.
  const columns = terminal.columns || 80;
  const bar = new SingleBar({
    stream: terminal,
    format: '{title} {bar}{scores}{speed}',
    barsize: Math.max(LEAST_BAR_COLUMNS, Math.min(MOST_BAR_COLUMNS, columns - TEXT_COLUMNS)),
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
      if (bar.isActive) bar.update(progress.step, texts(progress));
      else bar.start(progress.steps, progress.step, texts(progress));
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
  const { loss, accuracy = Number.NaN }: Partial<Scores> = scores ?? {};
  return {
    title: `epoch ${epoch}/${epochs}`,
    scores: loss === undefined ? '' : `  loss ${loss.toFixed(4)}  accuracy ${percent(accuracy)}`,
    speed: secondsLeft === undefined ? '' : `  ${count(samplesPerSecond)} samples/s  ${duration(secondsLeft)} left`,
  };
}
