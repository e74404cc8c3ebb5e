// What to do about an option that a command does not have.
import { closestName, synonymOf } from '@convoy/tensor/checks';
import { flagOf, optionOf } from './flags.ts';

/** Flags of other programs, in camel case, with the options of the command that mean the same. */
const synonyms: Readonly<Record<string, string>> = {
  b: 'batchSize',
  bs: 'batchSize',
  ckptDir: 'checkpoints',
  clip: 'globalClipNorm',
  d: 'data',
  dataPath: 'dataDir',
  dataRoot: 'dataDir',
  dataset: 'data',
  datasetDir: 'dataDir',
  dryRun: 'fastDevRun',
  e: 'epochs',
  ema: 'averageDecay',
  emaDecay: 'averageDecay',
  gradClip: 'globalClipNorm',
  j: 'workers',
  jobs: 'workers',
  lrScheduler: 'schedule',
  logDir: 'log',
  logFile: 'log',
  maxEpochs: 'epochs',
  maxGradNorm: 'globalClipNorm',
  maxSamples: 'limit',
  o: 'out',
  opt: 'optimizer',
  outDir: 'out',
  outputDir: 'out',
  report: 'classReport',
  saveDir: 'out',
  scheduler: 'schedule',
  smoothing: 'labelSmoothing',
  subset: 'limit',
  threads: 'workers',
  wd: 'weightDecay',
  warmupEpochs: 'warmUp',
};

/**
 * A sentence on what to do about an unknown flag, such as `--lr`.
 * @param known the names of the options of the command, in camel case
 * @param command that lists its options with `--help`
 */
export function adviceForFlag(flag: string, known: readonly string[], command: string): string {
  const given = optionOf(flag);
  if (known.includes(given) && flag.includes('=')) return `${flagOf(given)} takes no value.`;
  const own = Object.hasOwn(synonyms, given) ? synonyms[given] : undefined;
  const synonym = own !== undefined && known.includes(own) ? own : synonymOf(given, known);
  if (synonym !== undefined) return `Use ${flagOf(synonym)}.`;
  const begun = known.filter((name) => given.length > 1 && name.startsWith(given));
  const closest = begun.length === 1 ? begun[0] : closestName(given, known);
  if (closest !== undefined) return `Did you mean ${flagOf(closest)}?`;
  return `Omit it, or correct its name; ${command} --help lists the options.`;
}
