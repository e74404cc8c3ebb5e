// Seeded command lines of `convoy`: wrong, incomplete and right ones, for every command and every option.
import { flagOf } from '../../apps/cli/src/process/flags.ts';
import { options } from '../../apps/cli/src/train/options.ts';
import { RandomStream } from '../../packages/tensor/src/random/random.ts';

export interface CommandLine {
  readonly args: readonly string[];
  /** The exit code, where it is certain. */
  readonly expected?: 0 | 2;
}

/** Files that the command lines name. */
export interface CommandFiles {
  /** A directory with the files of a small MNIST. */
  readonly data: string;
  /** Paths that are no modules with a model. */
  readonly nonsense: readonly string[];
}

type OptionName = keyof typeof options;
const NAMES = Object.keys(options) as OptionName[];
export const COMMANDS = ['train', 'summary', 'models', 'datasets', 'doctor', 'help'] as const;

/** Texts of all kinds; each is wrong for most options. */
const TEXTS = [
  ...['', ' ', 'abc', 'NaN', 'Infinity', '-Infinity', 'null', 'true', '[1]', '{}', '-', '__proto__', 'constructor'],
  ...[
    '-1',
    '-0',
    '0',
    '0.5',
    '1',
    '1.5',
    '3',
    '1e3',
    '1e-3',
    '1e-320',
    '1e39',
    '1e300',
    '1e400',
    '0x10',
    '1_000',
    '1,5',
  ],
  ...['1025', '3000', '1000001', '2147483648', '4294967296', '9007199254740992', '99999999999999999999', '１'],
  ...[
    'lenet5',
    'mnist',
    'adamw',
    'SGD',
    'wide',
    'cosine',
    'stepDecay',
    'log.csv',
    'log.txt',
    '/dev/null',
    '/proc/none',
  ],
  ...['../up', 'a\nb', "'quoted'", '%s', '💥', 'x'.repeat(5000)],
];

/** Options of other programs. */
const FOREIGN = [
  ...['--lr', '--lr=0.1', '-lr', '-b', '-e', '--batch', '--batch_size', '--num-workers', '--device', '--gpu', '--wd'],
  ...['--no-json', '--json=1', '--', '---', '-', '--=', '--nesterov=yes', '--Epochs', '--learningRate', '--config'],
];

/** Values that every option accepts. */
const VALID: { readonly [Name in OptionName]?: readonly string[] } = {
  epochs: ['1', '3'],
  labelSmoothing: ['0', '0.1'],
  seed: ['0', '9007199254740991'],
  simd: ['strict'],
  optimizer: ['sgd', 'adam', 'adamW', 'rmsprop'],
  learningRate: ['0.01', '1e-320', '1e6', '1e38'],
  momentum: ['0', '0.9'],
  weightDecay: ['0', '1e-4'],
  globalClipNorm: ['1', '1e38'],
  averageDecay: ['0', '0.9'],
  schedule: ['constant', 'stepDecay', 'exponentialDecay', 'cosineDecay', 'oneCycle'],
  decayEpochs: ['0.5', '1000000'],
  decayRate: ['0.1', '2'],
  finalLearningRate: ['0', '1'],
  warmUp: ['0.5', '2'],
  checkpointSteps: ['1'],
};

/** @returns `count` different command lines; the same ones for the same seed and files */
export function commandLines(seed: number, count: number, files: CommandFiles): readonly CommandLine[] {
  const random = new RandomStream(seed, 'command lines');
  let draws = 0;
  const below = (limit: number): number => Math.floor(random.uniform(draws++) * limit);
  const any = <T>(from: readonly T[]): T => from[below(from.length)] as T;

  const small = ['--data-dir', files.data, '--limit', '32', '--batch-size', '16', '--workers', '1'];
  const training = (...more: readonly string[]) => ['train', 'lenet5', '--data', 'mnist', ...small, ...more];
  const dev = (...more: readonly string[]) => training('--fast-dev-run', '2', ...more);

  const kinds: readonly (() => CommandLine)[] = [
    () => withValue(any(NAMES), any(TEXTS)),
    () => withValue(any(NAMES), any(TEXTS)),
    () => ({ args: dev(mistyped(flagOf(any(NAMES))), any(TEXTS)) }),
    () => ({ args: [any(COMMANDS), any(FOREIGN), any(TEXTS)] }),
    () => ({ args: training(any(FOREIGN), any(TEXTS)) }),
    () => withoutValue(any(NAMES)),
    () => ({ args: [mistyped(any(COMMANDS)), any(TEXTS)] }),
    () => ({ args: [any(COMMANDS), any(TEXTS), any(TEXTS)] }),
    () => ({ args: [any(['summary', 'train']), any(files.nonsense), '--data', 'mnist'], expected: 2 }),
    () => ({ args: [any(['summary', 'train']), any(TEXTS), '--data', any(TEXTS)], expected: 2 }),
    () => ({ args: dev(...validOptions(1 + below(4))) }),
    () => ({ args: dev(...validOptions(1), ...optionWith(any(NAMES), any(TEXTS))) }),
    () => ({ args: any([[...any([['help'], []]), any(COMMANDS)], [any(COMMANDS), '--help'], ['--version'], []]) }),
  ];

  const lines = new Map<string, CommandLine>();
  for (let kind = 0; lines.size < count; kind++) {
    const line = (kinds[kind % kinds.length] as () => CommandLine)();
    lines.set(JSON.stringify(line.args), line);
  }
  return [...lines.values()];

  /** Many threads take minutes of all cores to start, so numbers of workers that are right are small. */
  function optionWith(name: OptionName, text: string): readonly string[] {
    const isRight = options[name].check.safeParse(text).success;
    const value = name === 'workers' && isRight ? '2' : text;
    return below(2) === 0 ? [`${flagOf(name)}=${value}`] : [flagOf(name), value];
  }

  function withValue(name: OptionName, text: string): CommandLine {
    const option = options[name];
    if (!('value' in option)) return { args: dev(`${flagOf(name)}=${text}`), expected: 2 };
    const args = dev(...optionWith(name, text));
    return option.check.safeParse(text).success ? { args } : { args, expected: 2 };
  }

  function withoutValue(name: OptionName): CommandLine {
    const option = options[name];
    const isRequired = 'value' in option && option.value.startsWith('<');
    return isRequired ? { args: dev(flagOf(name)), expected: 2 } : { args: dev(flagOf(name)) };
  }

  function validOptions(number: number): readonly string[] {
    return Array.from({ length: number }, () => {
      const name = any(NAMES);
      const values = VALID[name];
      return values === undefined ? [] : [flagOf(name), any(values)];
    }).flat();
  }

  /** With one letter left out, doubled or exchanged with the next one. */
  function mistyped(text: string): string {
    const at = 2 + below(Math.max(1, text.length - 3));
    const [before, letter, after] = [text.slice(0, at), text.charAt(at), text.slice(at + 1)];
    return any([
      `${before}${after}`,
      `${before}${letter}${letter}${after}`,
      `${before}${after.charAt(0)}${letter}${after.slice(1)}`,
    ]);
  }
}
