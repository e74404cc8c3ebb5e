// What the processes of the campaign of streams have in common.
import { type Dataset, imageFolder } from '@convoy/datasets';
import { lenet5, resnet20, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { createTrainer, type TrainerOptions } from '@convoy/trainer';
import { hashOf } from '../../packages/trainer/test/bits.ts';

export type StreamModel = 'lenet5' | 'resnet20';

/** Far less than the images take: they are streamed. */
const MEMORY_BUDGET = 2 ** 20;

export const EPOCHS = 2;

export const photosIn = async (folder: string): Promise<Dataset> => (await imageFolder(folder, { channels: 1 })).train;

/** The options of a trainer whose memory budget requires streams, unless it is undefined. */
export function streamingOptions(
  model: StreamModel,
  {
    memoryBudget = MEMORY_BUDGET,
    ...threads
  }: { memoryBudget?: number | undefined } & Pick<TrainerOptions, 'workers' | 'decoders'>,
): TrainerOptions {
  return {
    model: model === 'lenet5' ? lenet5() : resnet20({ input: [1, 28, 28] }),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.02, momentum: 0.9 }),
    batchSize: 64,
    workers: 2,
    seed: 1,
    memoryBudget,
    ...threads,
  };
}

/** The bits after training LeNet-5. */
export async function trainedHash(
  data: Dataset,
  threads: Pick<TrainerOptions, 'workers' | 'decoders'>,
): Promise<string> {
  await using trainer = await createTrainer(streamingOptions('lenet5', threads));
  await trainer.fit(data, { epochs: EPOCHS });
  return hashOf(trainer);
}
