// A program that forgets its trainer, or disposes of it, and ends. Its argument says which.
import { createTrainer } from '@convoy/trainer';
import { points, regression } from '../small-cases.ts';

const [ending] = process.argv.slice(2);
const data = points(64);
const trainer = await createTrainer({ ...regression, workers: 3 });
if (ending !== 'unused') {
  await trainer.fit(data, { epochs: 2, validation: data });
  await trainer.predict(points(10));
}
if (ending === 'disposed') await trainer.dispose();
process.stdout.write(`${trainer.step}`);
