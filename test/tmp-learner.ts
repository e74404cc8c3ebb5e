import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { adam, adamW, createLearner, sgd, softmaxCrossEntropy } from '@convoy/layers';
import * as zoo from '@convoy/layers/zoo';
import { sizeOf, Tensor } from '@convoy/tensor';
import { draws, numbers } from './golden-numbers.ts';

const { hashes } = JSON.parse(readFileSync('test/golden/bits.json', 'utf8'));
const models: any = { ...zoo, 'resnet20 (sync)': () => zoo.resnet20({ sync: true }) };
const optimizers: any = {
  sgd: sgd({ learningRate: 0.01, momentum: 0.9 }),
  adam: adam({ learningRate: 0.001 }),
  'adamW, average, clipping': adamW({ learningRate: 0.001, globalClipNorm: 1, clipValue: 0.5, averageDecay: 0.9 }),
};
const steps: any = { 'batch 64': 64, 'batch 52': 52, 'accumulate 2': 128 };
const only = process.argv.slice(2);
for (const [m, create] of Object.entries<any>(models))
  for (const [o, optimizer] of Object.entries<any>(optimizers))
    for (const [s, samples] of Object.entries<number>(steps)) {
      const name = `${m} / ${o} / ${s}`;
      if (only.length && !only.some((t) => name.includes(t))) continue;
      const model = create();
      const [classes = 0, ...shape] = model.output;
      const n = 5 * samples;
      const inputs = numbers('bits: inputs', [n, ...model.input], 1024);
      const labels = Int32Array.from(draws('bits: labels', n * sizeOf(shape), classes));
      const learner = createLearner({ model, loss: softmaxCrossEntropy(), optimizer, batchSize: samples, seed: 1 });
      const size = sizeOf(model.input),
        ls = labels.length / n;
      for (let step = 0; step < 5; step++)
        learner.train(
          new Tensor(inputs.data.subarray(step * samples * size, (step + 1) * samples * size), [
            samples,
            ...model.input,
          ]),
          labels.subarray(step * samples * ls, (step + 1) * samples * ls),
        );
      const hash = createHash('sha256');
      for (const [k, { data }] of [
        learner.parameters(),
        ...(optimizer.settings.averageDecay === undefined ? [] : [learner.slot('average')]),
      ].flatMap((x) => [...x]))
        hash.update(k).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      console.log(hash.digest('hex') === hashes[name] ? 'same' : 'DIFFERENT', name);
    }
