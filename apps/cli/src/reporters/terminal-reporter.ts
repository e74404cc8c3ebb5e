// For people at a terminal: the lines of a log, and below them a progress bar for the current epoch.
import type { Scores } from '@convoy/layers';
import type { Progress } from '@convoy/trainer';
import { SingleBar } from 'cli-progress';
import type { Output } from '../context.ts';
import { count, duration, percent } from './format-number.ts';
import { lineReporter } from './line-reporter.ts';
import type { Reporter } from './reporter.ts';

/** The longest text beside the bar: "epoch 100/100", loss, accuracy, a speed of six digits, hours left. */
const TEXT_COLUMNS = 79;
const MAX_BAR_COLUMNS = 40;
const MIN_BAR_COLUMNS = 5;

export function terminalReporter(terminal: Output): Reporter {
  const lines = lineReporter(terminal);
  // Some pseudo-terminals report 0 columns.
  const columns = terminal.columns || 80;
  const bar = new SingleBar({
    stream: terminal,
    format: '{title} {bar}{scores}{speed}',
    barsize: Math.max(MIN_BAR_COLUMNS, Math.min(MAX_BAR_COLUMNS, columns - TEXT_COLUMNS)),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    // Cuts the line at the edge of a narrow terminal instead of wrapping it.
    linewrap: true,
    clearOnComplete: true,
    // The handler of 'exit' below restores the cursor after any end of the process.
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

/** The texts that the format of the bar names. */
function texts({ epoch, epochs, scores, samplesPerSecond, secondsLeft }: Progress) {
  const { loss, accuracy = Number.NaN }: Partial<Scores> = scores ?? {};
  return {
    title: `epoch ${epoch}/${epochs}`,
    scores: loss === undefined ? '' : `  loss ${loss.toFixed(4)}  accuracy ${percent(accuracy)}`,
    speed: secondsLeft === undefined ? '' : `  ${count(samplesPerSecond)} samples/s  ${duration(secondsLeft)} left`,
  };
}
