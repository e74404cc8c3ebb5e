// Bad input ends the command with a message, exit code 2, and no stack.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { idxBytes } from '../../../packages/datasets/test/readers/idx-bytes.ts';
import { convoy, temporaryDirectory } from './convoy.ts';

const root = temporaryDirectory();
const file = join(root, 'file');
writeFileSync(file, '');
/** A directory with a damaged checkpoint. */
const used = join(root, 'used');
mkdirSync(used);
writeFileSync(join(used, 'step-000000001.safetensors'), 'not a checkpoint');

const truncated = dataDirectory('truncated', 28, (bytes) => bytes.subarray(0, -1));
const narrow = dataDirectory('narrow', 4, (bytes) => bytes);

/** A command line; arguments that begin with an option follow a valid `convoy train`. */
const commandLine = (args: readonly string[]) =>
  args[0]?.startsWith('--') ? ['train', 'lenet5', '--data', 'mnist', '--out', join(root, 'out'), ...args] : args;

const WHOLE = 'expected a whole number from 1 to';

const cases: readonly (readonly [args: readonly string[], code: string, message: string])[] = [
  [['trian'], 'CONVOY_UNKNOWN_NAME', 'Did you mean train?'],
  [
    ['convoi'],
    'CONVOY_UNKNOWN_NAME',
    'Given the command "convoi"; expected one of: train, summary, models, datasets, data, doctor, help',
  ],
  [['help', 'trian'], 'CONVOY_UNKNOWN_NAME', 'Did you mean train?'],
  [
    ['help', 'train', 'lenet5'],
    'CONVOY_INVALID_OPTION',
    'Given convoy help with too many arguments: "train", "lenet5"',
  ],
  [['--nope'], 'CONVOY_INVALID_OPTION', 'Given the option "--nope", which convoy train does not have'],
  [['doctor', '--jsno'], 'CONVOY_INVALID_OPTION', 'Given the option "--jsno", which convoy doctor does not have; exp'],
  [
    ['models', 'lenet5'],
    'CONVOY_INVALID_OPTION',
    'Given convoy models with too many arguments: "lenet5"; expected no a',
  ],
  [['train'], 'CONVOY_INVALID_OPTION', 'Given convoy train without <model>; expected convoy train <model>.'],
  [['train', 'lenet5'], 'CONVOY_INVALID_OPTION', 'Given no --data'],
  [
    ['train', 'lenet6', '--data', 'mnist'],
    'CONVOY_UNKNOWN_NAME',
    'Given the model "lenet6"; expected one of: lenet5, cifarCnn, ',
  ],
  [
    ['train', 'lenet5', '--data', 'mnits'],
    'CONVOY_UNKNOWN_NAME',
    'Given the data set "mnits", which is neither a name nor a path; expected one of: mnist, fashion-mnist, or the path of a file or directory. Did you mean mnist?',
  ],
  [['train', 'toString', '--data', 'mnist'], 'CONVOY_UNKNOWN_NAME', 'Given the model "toString"'],
  [['summary', 'lenet6'], 'CONVOY_UNKNOWN_NAME', 'Given the model "lenet6"'],
  [['summary', 'lenet6', '--data', 'mnist'], 'CONVOY_UNKNOWN_NAME', 'Given the model "lenet6"'],
  [['summary', 'lenet5', '--data', 'mnits'], 'CONVOY_UNKNOWN_NAME', 'Given the data set "mnits"'],
  [
    ['train', 'uNetSmall', '--data', 'mnist'],
    'CONVOY_SHAPE_MISMATCH',
    'Given the model uNetSmall and data with classes of images',
  ],
  [['summary', 'uNetSmall', '--data', 'mnist'], 'CONVOY_SHAPE_MISMATCH', 'expected data with classes of pixels'],
  [['train', 'net.json', '--data', 'mnist'], 'CONVOY_UNKNOWN_NAME', 'or the path of a module that ends with .js, .mjs'],
  [
    ['train', 'lenet5', 'lenet5'],
    'CONVOY_INVALID_OPTION',
    'with too many arguments: "lenet5", "lenet5"; expected no more',
  ],
  [['--epoch', '2'], 'CONVOY_INVALID_OPTION', 'Did you mean --epochs?'],
  [
    ['--lr', '0.1'],
    'CONVOY_INVALID_OPTION',
    'Given the option "--lr", which convoy train does not have; expected an opt',
  ],
  [['--lr=0.1'], 'CONVOY_INVALID_OPTION', 'Use --learning-rate.'],
  [['train', 'lenet5', '-lr', '0.1'], 'CONVOY_INVALID_OPTION', 'Use --learning-rate.'],
  [['--batch', '8'], 'CONVOY_INVALID_OPTION', 'Did you mean --batch-size?'],
  [['--batch_size', '8'], 'CONVOY_INVALID_OPTION', 'Did you mean --batch-size?'],
  [['--num-workers', '2'], 'CONVOY_INVALID_OPTION', 'Use --workers.'],
  [['--max-grad-norm', '1'], 'CONVOY_INVALID_OPTION', 'Use --global-clip-norm.'],
  [['--json=1'], 'CONVOY_INVALID_OPTION', '--json takes no value.'],
  [['--epochs'], 'CONVOY_INVALID_OPTION', 'Given the option --epochs without a value; expected --epochs <n>.'],
  [
    ['--workers', '3000'],
    'CONVOY_INVALID_OPTION',
    'Given --workers "3000"; expected a whole number from 1 to 1024, such',
  ],
  [['--epochs', '1000001'], 'CONVOY_INVALID_OPTION', 'expected a whole number from 1 to 1000000, such as 4.'],
  [['--epochs', '1e6', '--batch-size', '1'], 'CONVOY_INVALID_OPTION', 'with 60000 steps per epoch; expected at most'],
  [['--schedule', 'stepDecay', '--decay-epochs', '1e300'], 'CONVOY_INVALID_OPTION', 'above 0 and at most 1000000'],
  [['--learning-rate', '1e39'], 'CONVOY_INVALID_OPTION', 'expected a number above 0 and at most 3.4e+38, such as 0.01'],
  [['--seed', '9007199254740992'], 'CONVOY_INVALID_OPTION', 'expected a whole number from 0 to 9007199254740991'],
  [['--workers', '0'], 'CONVOY_INVALID_OPTION', `Given --workers "0"; ${WHOLE}`],
  [['--workers', '-1'], 'CONVOY_INVALID_OPTION', `Given --workers "-1"; ${WHOLE}`],
  [['--workers', '1.5'], 'CONVOY_INVALID_OPTION', `Given --workers "1.5"; ${WHOLE}`],
  [['--workers', 'all'], 'CONVOY_INVALID_OPTION', `Given --workers "all"; ${WHOLE}`],
  [['--epochs', 'NaN'], 'CONVOY_INVALID_OPTION', `Given --epochs "NaN"; ${WHOLE}`],
  [['--epochs', ''], 'CONVOY_INVALID_OPTION', `Given --epochs ""; ${WHOLE}`],
  [['--batch-size', '0x10'], 'CONVOY_INVALID_OPTION', `Given --batch-size "0x10"; ${WHOLE}`],
  [['--batch-size', '1e400'], 'CONVOY_INVALID_OPTION', `Given --batch-size "1e400"; ${WHOLE}`],
  [['--learning-rate', '0'], 'CONVOY_INVALID_OPTION', 'expected a number above 0'],
  [['--learning-rate', 'Infinity'], 'CONVOY_INVALID_OPTION', 'expected a number above 0'],
  [['--simd', 'wider'], 'CONVOY_INVALID_OPTION', 'Given --simd "wider"; expected strict or wide.'],
  [['--momentum', '1'], 'CONVOY_INVALID_OPTION', 'expected a number of 0 or more and below 1'],
  [['--weight-decay', '-1e-4'], 'CONVOY_INVALID_OPTION', 'expected a number from 0 to 3.4e+38'],
  [
    ['--optimizer', 'adamw'],
    'CONVOY_INVALID_OPTION',
    'expected one of: sgd, adam, adamW, rmsprop. Did you mean adamW?',
  ],
  [['--optimizer', 'adam', '--momentum', '0.5'], 'CONVOY_INVALID_OPTION', 'Given --momentum and --optimizer adam;'],
  [['--optimizer', 'rmsprop', '--nesterov'], 'CONVOY_INVALID_OPTION', 'Given --nesterov and --optimizer rmsprop;'],
  [['--nesterov'], 'CONVOY_INVALID_OPTION', 'Given --nesterov and no --momentum; expected a momentum above 0'],
  [['--nesterov', '--momentum', '0'], 'CONVOY_INVALID_OPTION', 'Given --nesterov and --momentum 0; expected a mom'],
  [['--schedule', 'cosine'], 'CONVOY_INVALID_OPTION', 'expected one of: constant, stepDecay, exponentialDecay, cos'],
  [['--decay-epochs', '2'], 'CONVOY_INVALID_OPTION', 'Given --decay-epochs and --schedule constant; expected --sch'],
  [['--schedule', 'cosineDecay', '--decay-rate', '1'], 'CONVOY_INVALID_OPTION', 'Given --decay-rate and --schedule'],
  [['--schedule', 'stepDecay', '--final-learning-rate', '0'], 'CONVOY_INVALID_OPTION', 'expected --schedule cosineD'],
  [['--warm-up', '4'], 'CONVOY_INVALID_OPTION', 'Given --warm-up and --epochs 4; expected a warm-up that ends before'],
  [['--label-smoothing', '1'], 'CONVOY_INVALID_OPTION', 'expected a number of 0 or more and below 1, such as 0.1'],
  [['--global-clip-norm', '0'], 'CONVOY_INVALID_OPTION', 'expected a number above 0 and at most 3.4e+38, such as 1.'],
  [['--average-decay', '1'], 'CONVOY_INVALID_OPTION', 'expected a number of 0 or more and below 1, such as 0.999'],
  [['--log', 'log.txt'], 'CONVOY_INVALID_OPTION', 'expected the path of a file whose name ends with .csv or .jsonl'],
  [['--log', join(file, 'log.csv')], 'CONVOY_FILE_UNWRITABLE', file],
  [['--seed', '-1'], 'CONVOY_INVALID_OPTION', 'expected a whole number from 0 to'],
  [['--resume'], 'CONVOY_INVALID_OPTION', 'Given --resume and no --checkpoints'],
  [['--checkpoint-steps', '5'], 'CONVOY_INVALID_OPTION', 'Given --checkpoint-steps and no --checkpoints'],
  [['--checkpoint-steps', '0', '--checkpoints', join(root, 'new')], 'CONVOY_INVALID_OPTION', WHOLE],
  [['--checkpoints', ''], 'CONVOY_INVALID_OPTION', 'expected the path of a directory'],
  [['--checkpoints', join(file, 'run')], 'CONVOY_FILE_UNWRITABLE', file],
  [['--checkpoints', used], 'CONVOY_INVALID_OPTION', 'expected a directory without checkpoints, or --resume'],
  [['--checkpoints', used, '--resume'], 'CONVOY_FILE_FORMAT', 'step-000000001.safetensors'],
  [['--out', ''], 'CONVOY_INVALID_OPTION', 'expected the path of a directory'],
  [['--out', join(file, 'runs')], 'CONVOY_FILE_UNWRITABLE', file],
  // A directory in which not even root can create an entry.
  [['--out', '/proc/runs'], 'CONVOY_FILE_UNWRITABLE', '/proc/runs'],
  [['--limit', '60001'], 'CONVOY_DATASET_TOO_SMALL', 'a data set of 60000'],
  [['--data-dir', join(root, 'absent')], 'CONVOY_FILE_NOT_FOUND', 'absent'],
  [['--data', 'fashion-mnist', '--data-dir', join(root, 'absent')], 'CONVOY_FILE_NOT_FOUND', 'apt-get install'],
  [['--data-dir', truncated], 'CONVOY_FILE_FORMAT', 'train-images-idx3-ubyte'],
];

describe('bad input', () => {
  it.concurrent.each(cases)('%j: %s', async (args, code, message) => {
    const ended = await convoy(...commandLine(args));
    expect(ended).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(oneLine(code)) });
    expect(ended.stderr).toContain(message);
  });

  it('is also reported on standard output with --json', async () => {
    const { code, stdout, stderr } = await convoy(...commandLine(['--json', '--workers', '0']));
    const { message, ...event } = JSON.parse(stdout);
    expect({ code, event }).toEqual({ code: 2, event: { event: 'error', code: 'CONVOY_INVALID_OPTION' } });
    expect(stderr).toBe(`error: ${message} (CONVOY_INVALID_OPTION)\n`);
  });

  it('such as data that do not fit the model ends the run before its first step', async () => {
    const { code, stdout, stderr } = await convoy(
      ...commandLine(['--json', '--data-dir', narrow, '--batch-size', '8']),
    );
    expect(stdout.split('\n').map((line) => line && JSON.parse(line).event)).toEqual(['error', '']);
    expect(stderr).toMatch(oneLine('CONVOY_SHAPE_MISMATCH'));
    expect(code).toBe(2);
  });

  it('without any command prints the help', async () => {
    const { code, stdout, stderr } = await convoy();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: convoy /);
  });
});

const oneLine = (code: string) => new RegExp(`^error: Given .+; expected .+\\. .+ \\(${code}\\)\n$`);

/** Eight blank images of 28 × `width` for each part; `change` changes the file of the training images. */
function dataDirectory(name: string, width: number, change: (bytes: Uint8Array) => Uint8Array): string {
  const directory = join(root, name);
  mkdirSync(directory);
  for (const part of ['train', 't10k']) {
    const images = idxBytes('uint8', [8, 28, width], new Uint8Array(8 * 28 * width));
    writeFileSync(join(directory, `${part}-images-idx3-ubyte`), part === 'train' ? change(images) : images);
    writeFileSync(join(directory, `${part}-labels-idx1-ubyte`), idxBytes('uint8', [8], new Uint8Array(8)));
  }
  return directory;
}
