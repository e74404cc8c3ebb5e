// Models from modules.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { summary } from '@convoy/layers';
import { lenet5 } from '@convoy/layers/zoo';
import { describe, expect, it } from 'vitest';
import { model as smallNet } from '../../examples/src/small-net.ts';
import { COMMAND, convoy, start, temporaryDirectory } from './convoy.ts';

const root = temporaryDirectory();

const directory = join(root, 'directory.js');
mkdirSync(directory);

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
      'a function that throws what is no error',
      moduleOf('throws-null.js', 'export const model = () => { throw null; };'),
      'CONVOY_FILE_FORMAT',
      'fails to make its model (null); expected a model whose parts fit together',
    ],
    [
      'a function that throws an object whose message throws',
      moduleOf('throws-getter.js', 'export const model = () => { throw { get message() { throw 1; } }; };'),
      'CONVOY_FILE_FORMAT',
      'fails to make its model (an object (Object))',
    ],
    [
      'a function that returns a promise',
      moduleOf('async.js', 'export const model = async () => ({});'),
      'CONVOY_FILE_FORMAT',
      'has a promise as its model; expected an export named model: a model, or a function ({ input, classes }) that ret',
    ],
    ['null', moduleOf('null.js', 'export const model = null;'), 'CONVOY_FILE_FORMAT', 'has null as its model'],
    ['a list', moduleOf('list.js', 'export const model = [];'), 'CONVOY_FILE_FORMAT', 'has [] as its model'],
    ['an object', moduleWith('object.js', {}), 'CONVOY_FILE_FORMAT', 'whose input is not that of a model'],
    [
      'an empty layer',
      moduleWith('layer.js', { ...lenet5(), layers: [{}] }),
      'CONVOY_FILE_FORMAT',
      'whose layers[0].name is not that of a model',
    ],
    [
      'a layer that is null',
      moduleWith('null-layer.js', { ...lenet5(), layers: [null] }),
      'CONVOY_FILE_FORMAT',
      'whose layers[0] is not that of a model',
    ],
    [
      'an output that does not exist',
      moduleWith('outputs.js', { ...lenet5(), outputs: [99] }),
      'CONVOY_FILE_FORMAT',
      'whose outputs[0] is not that of a model',
    ],
    [
      'settings that do not belong to their layer',
      moduleWith('settings.js', withFirst({ layer: { type: 'conv2d', settings: {} } })),
      'CONVOY_SHAPE_MISMATCH',
      "Given to layer 'conv2d_1' groups: undefined",
    ],
    [
      'an owner that does not exist',
      moduleWith('owner.js', withFirst({ owner: 'nobody' })),
      'CONVOY_INVALID_OPTION',
      'has a layer 0 that shares the parameters of no layer before it',
    ],
    [
      'properties that throw',
      moduleOf('getter.js', "export const model = { get input() { throw new Error('not now'); } };"),
      'CONVOY_FILE_FORMAT',
      'has a model that cannot be read (not now)',
    ],
    ['a directory', root, 'CONVOY_UNKNOWN_NAME', 'or the path of a module that ends with .js'],
    [
      'a directory with the name of a module',
      directory,
      'CONVOY_FILE_UNREADABLE',
      'which is a directory; expected the',
    ],
    ['JSON', moduleOf('model.json', '{}'), 'CONVOY_UNKNOWN_NAME', 'or the path of a module that ends with .js'],
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
    ['a function that exits', moduleOf('exits.js', 'export const model = () => process.exit(0);'), 'ended the process'],
    [
      'an endless wait',
      moduleOf('waits.js', 'await new Promise(() => {}); export const model = 1;'),
      'whose top level waits',
    ],
    [
      'a timer that never ends',
      moduleOf('timer.js', 'setInterval(() => {}, 1000); export const model = 1;'),
      'has 1 as',
    ],
  ])('%s ends the command with what Node reports', async (_, path, message) => {
    const { code, stderr } = await trainInProcess(path);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: Given .+; expected .+\. .+ \(CONVOY_FILE_FORMAT\)\n$/m);
    expect(stderr).toContain(message);
  });

  it('needs data where it makes the model for them', async () => {
    const { code, stderr } = await convoy('summary', example);
    expect(code).toBe(2);
    expect(stderr).toContain('whose model is a function of the data, and no --data; expected both. Pass --data <set>');
  });
});

/** LeNet-5, whose first layer has other properties. */
function withFirst(properties: object) {
  const { layers, ...model } = lenet5();
  return { ...model, layers: layers.map((layer, i) => (i === 0 ? { ...layer, ...properties } : layer)) };
}

function foreign() {
  const { layers, ...model } = lenet5();
  return {
    ...model,
    layers: layers.map((layer, i) => (i === 1 ? { ...layer, layer: { type: 'foreign', settings: {} } } : layer)),
  };
}
