// Models from modules.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { summary } from '@convoy/layers';
import { lenet5 } from '@convoy/layers/zoo';
import { describe, expect, it } from 'vitest';
import { model as smallNet } from '../../examples/src/small-net.ts';
import { COMMAND, convoy, start, temporaryDirectory } from './convoy.ts';

const root = temporaryDirectory();

/** The path of a module with that text. */
function moduleOf(name: string, text: string): string {
  const path = join(root, name);
  writeFileSync(path, text);
  return path;
}

/** A model is plain data, so a module needs no imports to define one. */
const moduleWith = (name: string, model: object) => moduleOf(name, `export const model = ${JSON.stringify(model)};`);

const trainArguments = (model: string, ...more: readonly string[]) => [
  ...['train', model, '--data', 'mnist', '--limit', '512', '--epochs', '1', '--json', '--out', join(root, 'out')],
  ...more,
];

const train = (model: string, ...more: readonly string[]) => convoy(...trainArguments(model, ...more));

/** In a process of its own, where Node itself loads the module. */
const trainInProcess = (model: string, ...more: readonly string[]) =>
  start([...COMMAND, ...trainArguments(model, ...more)]).ended;

const doneOf = ({ stdout }: { readonly stdout: string }) => JSON.parse(stdout.trimEnd().split('\n').at(-1) as string);

const example = fileURLToPath(new URL('../../examples/src/small-net.ts', import.meta.url));

describe('a module with a model', () => {
  it('trains like a model that has a name', async () => {
    const [own, known] = await Promise.all([train(moduleWith('copy.mjs', lenet5())), train('lenet5')]);
    expect(own).toMatchObject({ code: 0, stderr: '' });
    expect(doneOf(own).parametersSha256).toBe(doneOf(known).parametersSha256);
    expect(JSON.parse(own.stdout.split('\n')[0] as string)).toMatchObject({ model: 'copy', parameters: 61_706 });
  });

  it('may make it for the data, in TypeScript, with layers of its own, for any number of workers', async () => {
    const [one, three] = await Promise.all([
      trainInProcess(example, '--workers', '1'),
      train(example, '--workers', '3'),
    ]);
    expect(one).toMatchObject({ code: 0, stderr: '' });
    expect(doneOf(three).parametersSha256).toBe(doneOf(one).parametersSha256);
  });

  it('is summed up', async () => {
    const ofData = `${summary(smallNet({ input: [1, 28, 28], classes: 10 }))}\n`;
    expect(await convoy('summary', example, '--data', 'mnist')).toEqual({ code: 0, stdout: ofData, stderr: '' });
    const path = moduleWith('plain.js', lenet5());
    expect(await convoy('summary', path)).toEqual({ code: 0, stdout: `${summary(lenet5())}\n`, stderr: '' });
  });

  it.each([
    ['a missing file', join(root, 'absent.ts'), 'CONVOY_FILE_NOT_FOUND', 'absent.ts'],
    ['no such export', moduleOf('other.js', 'export const net = 1;'), 'CONVOY_FILE_FORMAT', 'which exports net; exp'],
    [
      'no export at all',
      moduleOf('none.mjs', ''),
      'CONVOY_FILE_FORMAT',
      'which exports nothing; expected an export named',
    ],
    [
      'what is no model',
      moduleOf('number.js', 'export const model = 42;'),
      'CONVOY_FILE_FORMAT',
      'has 42 as its model',
    ],
    [
      'a function that returns none',
      moduleOf('void.js', 'export function model() {}'),
      'CONVOY_FILE_FORMAT',
      'has undefined as its model',
    ],
    [
      'a function that throws',
      moduleOf('throws.js', "export const model = () => { throw new Error('not today'); };"),
      'CONVOY_FILE_FORMAT',
      'fails to make its model (not today)',
    ],
    [
      'a layer that nobody has defined',
      moduleWith('foreign.js', foreign()),
      'CONVOY_UNKNOWN_NAME',
      'Given a layer of type "foreign"',
    ],
    ['a model for other images', moduleWith('wide.js', lenet5({ input: [3, 32, 32] })), 'CONVOY_SHAPE_MISMATCH', '32'],
  ])('%s ends the command with a message', async (_, path, code, message) => {
    const { code: exitCode, stderr } = await train(path);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(new RegExp(`^error: Given .+; expected .+\\. .+ \\(${code}\\)\n$`));
    expect(stderr).toContain(message);
  });

  it.each([
    ['a mistake in it', moduleOf('wrong.js', 'export const model = ;'), 'cannot be loaded (Unexpected token'],
    [
      'a package that is not there',
      moduleOf('lost.js', "import '@nobody/nothing';"),
      "cannot be loaded (Cannot find package '@nobody/nothing'",
    ],
  ])('%s ends the command with what Node reports', async (_, path, message) => {
    const { code, stderr } = await trainInProcess(path);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: Given .+; expected .+\. .+ \(CONVOY_FILE_FORMAT\)\n$/);
    expect(stderr).toContain(message);
  });

  it('needs data where it makes the model for them', async () => {
    const { code, stderr } = await convoy('summary', example);
    expect(code).toBe(2);
    expect(stderr).toContain('whose model is a function of the data, and no --data; expected both. Pass --data <set>');
  });
});

function foreign() {
  const { layers, ...model } = lenet5();
  return {
    ...model,
    layers: layers.map((layer, i) => (i === 1 ? { ...layer, layer: { type: 'foreign', settings: {} } } : layer)),
  };
}
