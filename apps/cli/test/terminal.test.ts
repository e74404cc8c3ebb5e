// The output at a terminal, which `script` (util-linux) provides.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, type TestContext } from 'vitest';
import { COMMAND, start, temporaryDirectory } from './convoy.ts';

const root = temporaryDirectory();

const TERMINAL = 'script';
const SHOW_CURSOR = '\x1b[?25h';
const HIDE_CURSOR = '\x1b[?25l';
const TO_FIRST_COLUMN = '\x1b[1G';
const CONTROL_C = '\x03';

/** Starts `convoy train` at a terminal of 100 columns. */
function startAtTerminal({ skip }: TestContext, ...options: readonly string[]) {
  const { stdout } = spawnSync(TERMINAL, ['--version'], { encoding: 'utf8' });
  skip(!stdout?.includes('util-linux'), 'there is no script command of util-linux');
  const command = [...COMMAND, 'train', 'lenet5', '--data', 'mnist', '--out', join(root, 'out'), ...options];
  const quoted = command.map((word) => `'${word}'`).join(' ');
  return start([TERMINAL, '-qec', `stty cols 100; exec ${quoted}`, '/dev/null'], { TERM: 'xterm' });
}

/** The frames of the bar and the lines that remain, without the sequences that move the cursor. */
const linesOf = (output: string) => stripVTControlCharacters(output.replaceAll(TO_FIRST_COLUMN, '\n')).split(/[\r\n]+/);

describe('convoy train at a terminal', () => {
  it('shows a bar with loss, accuracy, speed and time left, and replaces it with a line per epoch', async (context) => {
    const { ended } = startAtTerminal(context, '--limit', '12000', '--epochs', '2');
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    const lines = linesOf(stdout);
    for (const epoch of [1, 2]) {
      const frame = new RegExp(
        `^epoch ${epoch}/2 [█░]{21}  loss \\d\\.\\d{4}  accuracy \\d+\\.\\d\\d %  [\\d,]+ samples/s  0:\\d\\d left$`,
      );
      const frames = lines.filter((line) => frame.test(line));
      expect(frames.length).toBeGreaterThan(1);
      expect(frames.at(-1)).toContain('█'.repeat(21));
      expect(lines).toContainEqual(
        expect.stringMatching(new RegExp(`^  ${epoch}/2( +\\d+\\.\\d+( %)?){4} +[\\d,]+ +\\d+\\.\\d$`)),
      );
    }
    expect(lines).toContainEqual(expect.stringMatching(/^test accuracy \d+\.\d\d %, test loss \d\.\d{4}$/));
    expect(stdout.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(stdout.lastIndexOf(HIDE_CURSOR));
  });

  it('ends within a second of Ctrl-C, with the cursor visible', async (context) => {
    const { child, ended } = startAtTerminal(context, '--epochs', '9999');
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (bytes) => String(bytes).includes(' left') && resolve());
    });
    const pressed = performance.now();
    child.stdin.write(CONTROL_C);
    const { code, stdout } = await ended;
    expect(performance.now() - pressed).toBeLessThan(1000);
    expect(code).toBe(130);
    expect(stdout).toContain(HIDE_CURSOR);
    expect(stdout.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(stdout.lastIndexOf(HIDE_CURSOR));
    expect(linesOf(stdout)).toContain('Stopped by SIGINT; no weights were saved.');
  });
});
