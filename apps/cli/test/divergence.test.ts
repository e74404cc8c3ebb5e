// Training that diverges: the command fails, and saves nothing.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { mnist, take } from '@convoy/datasets';
import { accuracy, adam, lenet5, softmaxCrossEntropy } from '@convoy/layers';
import { checkpoint, createTrainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { convoy, type Ended, temporaryDirectory } from './convoy.ts';

const root = temporaryDirectory();

/** Runs of one or two steps: the loss of a step is computed before its update, so that of the first one is finite. */
const train = (name: string, ...args: readonly string[]) =>
  convoy(
    ...['train', 'lenet5', '--data', 'mnist', '--limit', '64', '--epochs', '1', '--out', join(root, name)],
    ...args,
  );

function expectFailure({ code, stderr }: Ended, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(
    /^error: Given .+; expected .+\. .*The training diverged, so no weights were saved: pass a smaller --learning-rate, or limit .+ \(CONVOY_NOT_FINITE\)\n$/,
  );
  expect(code).toBe(1);
}

describe('a run fails', () => {
  it('if only its test loss is not finite', async () => {
    expectFailure(await train('test', '--learning-rate', '1e30'), /Given a test loss of NaN after epoch 1/);
    expect(readdirSync(join(root, 'test'))).toEqual([]);
  });

  it('after an early epoch, without a checkpoint of it', async () => {
    const checkpoints = join(root, 'early-checkpoints');
    const ended = await train('early', '--epochs', '3', '--learning-rate', '1e30', '--checkpoints', checkpoints);
    expectFailure(ended, /Given a test loss of NaN after epoch 1/);
    expect(existsSync(join(root, 'early', 'weights.safetensors'))).toBe(false);
    expect(readdirSync(checkpoints).filter((file) => file.endsWith('.safetensors'))).toEqual([]);
  });

  it('if the loss of a step is not finite', async () => {
    const ended = await train('loss', '--limit', '128', '--learning-rate', '1e30');
    expectFailure(ended, /Given a loss that is NaN or infinite in the step after step 1/);
    expect(ended.stderr).not.toContain('stopOnNonFinite');
  });

  it('as a fast dev run, and with --json', async () => {
    const ended = await train('dev', '--learning-rate', '1e30', '--fast-dev-run', '--json');
    expectFailure(ended, /Given a test loss of NaN/);
    expect(JSON.parse(ended.stdout.trimEnd().split('\n').at(-1) as string)).toMatchObject({
      ...{ event: 'error', code: 'CONVOY_NOT_FINITE' },
    });
  });

  it('if it resumes from parameters that are not finite', async () => {
    const checkpoints = join(root, 'broken-checkpoints');
    mkdirSync(checkpoints);
    await using trainer = await createTrainer({
      ...{ model: lenet5(), loss: softmaxCrossEntropy(), metrics: [accuracy()], batchSize: 64 },
      optimizer: adam({ learningRate: 3.4e38 }),
    });
    const broken = trainer.parameters();
    for (const { data } of broken.values()) data.fill(Number.NaN);
    trainer.setParameters(broken);
    const callbacks = [checkpoint({ directory: checkpoints })];
    const { train: samples } = await mnist();
    await expect(trainer.fit(take(samples, 64), { epochs: 1, callbacks })).rejects.toThrow();
    const ended = await train(
      'broken',
      ...['--optimizer', 'adam', '--learning-rate', '3.4e38', '--checkpoints', checkpoints, '--resume'],
    );
    expectFailure(ended, /Given a checkpoint of step 0 with a parameter conv2d_1\.kernel that is NaN or infinite/);
    expect(ended.stderr).toContain('with another directory for --checkpoints');
  });
});
