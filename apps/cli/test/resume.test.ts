// Runs that are stopped by a signal, and continue with another number of workers.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeSmallMnist } from '../../../test/campaigns/small-mnist.ts';
import { COMMAND, convoy, type Ended, groupIsAlive, start, temporaryDirectory } from './convoy.ts';

const root = temporaryDirectory();

/** A test trains up to twice, while other tests train too. */
const TIMEOUT = 90_000;

const EPOCHS = 6;
/** Steps per epoch; the last one has a part of a batch. */
const STEPS = 32;

const data = join(root, 'data');

const trainArguments = (out: string, ...more: readonly string[]) => [
  ...['train', 'lenet5', '--data', 'mnist', '--data-dir', data, '--epochs', `${EPOCHS}`, '--momentum', '0.9'],
  ...['--json', '--out', join(root, out), ...more],
];

/** In a process of its own, which can be sent signals. */
const startTraining = (out: string, ...more: readonly string[]) => start([...COMMAND, ...trainArguments(out, ...more)]);

const train = (out: string, ...more: readonly string[]) => convoy(...trainArguments(out, ...more));

const eventsOf = ({ stdout }: Ended) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const weightsOf = (out: string): Buffer => readFileSync(join(root, out, 'weights.safetensors'));

describe('convoy train with checkpoints', { timeout: TIMEOUT }, () => {
  let undisturbed: Ended;

  beforeAll(async () => {
    mkdirSync(data);
    await writeSmallMnist(data, { train: 2000, test: 500 });
    undisturbed = await train('undisturbed', '--workers', '2');
  }, TIMEOUT);

  it.each([
    { signal: 'SIGINT', code: 130, options: [], workers: ['1', '3'] },
    { signal: 'SIGTERM', code: 143, options: ['--checkpoint-steps', '7'], workers: ['2', '1'] },
  ] as const)(
    'is stopped by $signal and continues with --resume $options',
    async ({ signal, code, options, workers }) => {
      const checkpoints = join(root, `${signal} checkpoints`);
      const common = ['--checkpoints', checkpoints, ...options];
      const { child, ended } = startTraining(signal, ...common, '--workers', workers[0]);
      await printed(child.stdout, '"event":"epoch","epoch":2');
      child.kill(signal);
      const stopped = await ended;
      const message = `Stopped by ${signal}. To continue from the last checkpoint, run the same command with --resume.`;
      expect(stopped).toMatchObject({ code, stderr: `${message}\n` });
      expect(eventsOf(stopped).at(-1)).toEqual({ event: 'error', code: 'CONVOY_ABORTED', message });
      expect(groupIsAlive(child)).toBe(false);
      expect(readdirSync(join(root, signal))).toEqual([]);
      const step = Number(/\d+/.exec(readdirSync(checkpoints).toSorted().at(-1) as string));

      const resumed = await train(signal, ...common, '--workers', workers[1], '--resume');
      expect(resumed).toMatchObject({ code: 0, stderr: '' });
      const epochsDone = eventsOf(stopped).filter(({ event }) => event === 'epoch').length;
      const [started, ...epochs] = eventsOf(resumed);
      expect(started).toMatchObject({ event: 'start', epochsDone, stepsDone: step });
      expect(step).toBeGreaterThanOrEqual(epochsDone * STEPS);
      expect(step).toBeLessThan(EPOCHS * STEPS);
      const [, ...expected] = eventsOf(undisturbed).map(withoutSpeed);
      expect(epochs.map(withoutSpeed)).toEqual(expected.slice(epochsDone));
      expect(weightsOf(signal).equals(weightsOf('undisturbed'))).toBe(true);
    },
  );

  // The first attempt may take longer while other tests keep the machine busy.
  it('writes the checkpoint of the step it is at, and ends, within a second', { retry: 2 }, async ({ task }) => {
    const checkpoints = join(root, `second ${task.result?.retryCount}`);
    const options = ['--checkpoints', checkpoints, '--checkpoint-steps', '1000', '--workers', '2'];
    const { child, ended } = startTraining('second', ...options);
    await printed(child.stdout, '"event":"start"');
    const sent = performance.now();
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130 });
    expect(performance.now() - sent).toBeLessThan(1000);
    expect(readdirSync(checkpoints)).toEqual([expect.stringMatching(/^step-\d+\.safetensors$/)]);
  });

  it('finds nothing left to do in a run that has ended, and starts one that has not begun', async () => {
    const options = ['--checkpoints', join(root, 'whole checkpoints'), '--resume', '--workers', '2'];
    const first = await train('whole', ...options);
    expect(eventsOf(first).map(withoutSpeed)).toEqual([
      { ...eventsOf(undisturbed)[0], weights: join(root, 'whole', 'weights.safetensors') },
      ...eventsOf(undisturbed).slice(1).map(withoutSpeed),
    ]);
    const second = await train('again', ...options);
    const events = eventsOf(second);
    expect(events.map(({ event }) => event)).toEqual(['start', 'done']);
    expect(events[0]).toMatchObject({ epochsDone: EPOCHS, stepsDone: EPOCHS * STEPS });
    expect(events[1]).toEqual(eventsOf(first).at(-1));
    expect(weightsOf('again').equals(weightsOf('undisturbed'))).toBe(true);
  });

  it('refuses a directory that another run uses, and leaves that run alone', async () => {
    const checkpoints = join(root, 'used checkpoints');
    const options = ['--checkpoints', checkpoints, '--checkpoint-steps', '1', '--resume', '--workers', '1'];
    const { child, ended } = startTraining('used', ...options);
    await printed(child.stdout, '"event":"start"');
    child.kill('SIGSTOP');
    const { code, stderr } = await train('second', ...options);
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`which process ${child.pid} on .+ uses; .* \\(CONVOY_DIRECTORY_IN_USE\\)\n$`));
    child.kill('SIGCONT');
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(checkpoints)).toHaveLength(2);
    expect(weightsOf('used').equals(weightsOf('undisturbed'))).toBe(true);
  });

  it('refuses to continue with other options, and says which', async () => {
    const common = ['--checkpoints', join(root, 'whole checkpoints'), '--resume'];
    const { code, stderr } = await train('other', ...common, '--momentum', '0.5');
    expect(code).toBe(2);
    expect(stderr).toMatch(/momentum.* \(CONVOY_CHECKPOINT_MISMATCH\)\n$/);
  });
});

/** The fields that do not depend on workers, the machine and the clock. */
const withoutSpeed = ({ event, workers, seconds, samplesPerSecond, ...rest }: Record<string, unknown>) => ({
  event,
  ...rest,
  ...(event === 'start' && { workers }),
});

/** Waits until the output has the text. */
const printed = (output: NodeJS.ReadableStream, text: string) =>
  new Promise<void>((resolve) => {
    let seen = '';
    output.on('data', (bytes) => {
      seen += bytes;
      if (seen.includes(text)) resolve();
    });
  });
