// Runs the examples with the given numbers. Without a number it lists them.
const examples: readonly { readonly title: string; readonly run: () => Promise<unknown> }[] = [
  {
    title: 'the gradients of a small convolutional network, number by number',
    run: () => import('./01-worked-example.ts'),
  },
  {
    title: 'your own layer, trained by several workers',
    run: () => import('./02-own-layer.ts'),
  },
];

const wanted = process.argv.slice(2);
const unknown = wanted.find((number) => !examples[Number(number) - 1]);
if (unknown !== undefined || wanted.length === 0) {
  if (unknown !== undefined) console.error(`There is no example ${unknown}. There are:`);
  const list = examples.map(({ title }, i) => `${i + 1}  ${title}`).join('\n');
  console.error(`${list}\nRun one with: npm run examples -- 1`);
  process.exitCode = unknown === undefined ? 0 : 2;
} else {
  for (const number of wanted) await examples[Number(number) - 1]?.run();
}
