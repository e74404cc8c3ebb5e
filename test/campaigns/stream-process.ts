// Trains on streamed images with checkpoints, or continues. It sends a message after its first checkpoint, and its bits at the end.
// node … stream-process.ts <folder> <checkpoints> <steps between checkpoints>
import { checkpoint, createTrainer } from '@convoy/trainer';
import { hashOf } from '../../packages/trainer/test/bits.ts';
import { EPOCHS, photosIn, streamingOptions } from './stream-setting.ts';

const [folder = '', directory = '', steps = ''] = process.argv.slice(2);
await using trainer = await createTrainer(streamingOptions('lenet5', { workers: 2, decoders: 2 }));
await trainer.fit(await photosIn(folder), {
  epochs: EPOCHS,
  resume: directory,
  callbacks: [
    checkpoint({ directory, every: { steps: Number(steps) } }),
    { everySteps: Number(steps) + 5, onSteps: (run) => void process.send?.(`step ${run.step}`) },
  ],
});
process.send?.(hashOf(trainer));
process.disconnect?.();
