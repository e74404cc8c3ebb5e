// Tables of a model's layers and of the memory that training takes.
import { formatShape } from '@convoy/tensor';
import { checkOptions, optional } from '@convoy/tensor/checks';
import { formatTable } from '@convoy/tensor/table';
import { type CompileOptions, compilePlan } from './compile/compile.ts';
import { blockBytes } from './compile/operations.ts';
import { modelCosts } from './graph/costs.ts';
import { MODEL_INPUT, type Model } from './graph/model.ts';
import { modelCheck } from './graph/model-check.ts';
import { meanSquaredError } from './losses/mean-squared-error.ts';
import { sgd } from './optimizers/sgd.ts';
import { lossesCheck, optimizerCheck } from './training-checks.ts';

/** The loss and the optimizer of training. Defaults: the mean squared error, which takes any output, and `sgd` with momentum. */
export type SummaryOptions = Partial<Pick<CompileOptions, 'loss' | 'optimizer'>>;

/** The memory of training, in bytes. */
export interface MemoryUse {
  /** One copy of the training state: parameters, running statistics and optimizer slots. Training keeps two copies. */
  readonly state: number;
  /** The gradients of one shard. */
  readonly gradients: number;
  /** The workspace of one block of 8 samples: inputs, activations, their gradients and scratch memory, which share memory where they can. */
  readonly workspace: number;
  /** Transient memory, if a worker has several workspaces: scratch memory and short-lived gradients, which its blocks use in turn. */
  readonly transient: number;
  /** For comparison: the input and the outputs of all layers for one block, if they shared no memory; without gradients. */
  readonly activations: number;
}

/**
 * The memory that training a model takes, per copy of the state, shard and block.
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_OPTION, CONVOY_LAYER_FAILED if the model cannot be trained with these options
 */
export const memoryUse = (model: Model, options?: SummaryOptions): MemoryUse =>
  memoryUseOf('memoryUse', model, options);

function memoryUseOf(of: string, model: Model, options: SummaryOptions | undefined): MemoryUse {
  modelCheck('model', model);
  const training = checkOptions(of, options, {
    loss: optional(
      lossesCheck,
      model.outputs.map(() => meanSquaredError()),
    ),
    optimizer: optional(optimizerCheck, sgd({ learningRate: 0.01, momentum: 0.9 })),
  });
  const plan = compilePlan(model, training);
  return {
    state: plan.stateBytes,
    gradients: plan.gradientBytes,
    workspace: plan.workspaceBytes,
    transient: plan.transientBytes,
    activations: model.layers.reduce((sum, { output }) => sum + blockBytes(output), blockBytes(model.input)),
  };
}

/**
 * A table with a line for each layer: its name, the layers that feed it (unless that is the layer before it), its output shape, the numbers of its
 * parameters and running statistics, and its multiply-adds for one sample; then the totals. A second table has the memory of training.
 *
 * @throws ConvoyError as `memoryUse`
 * @example console.log(summary(lenet5()))
 */
export function summary(model: Model, options?: SummaryOptions): string {
  const memory = memoryTable(memoryUseOf('summary', model, options));
  return `${layerTable(model)}\n\n${memory}`;
}

function layerTable(model: Model): string {
  const total = modelCosts(model);
  const isGraph = model.layers.some((_, number) => sourcesOf(model, number) !== '');
  const cells = (name: string, sources: string, output: string, costs: Partial<typeof total>) => [
    ...[name, ...(isGraph ? [sources] : []), output],
    count(costs.parameters),
    ...(total.statistics > 0 ? [count(costs.statistics)] : []),
    count(costs.multiplyAdds),
  ];
  const heads = ['parameters', ...(total.statistics > 0 ? ['statistics'] : []), 'multiply-adds'];
  const rows = [
    ['layer', ...(isGraph ? ['from'] : []), 'output', ...heads],
    cells('input', '', formatShape(model.input), {}),
    ...model.layers.map((layer, number) =>
      cells(layer.name, sourcesOf(model, number), formatShape(layer.output), modelCosts({ layers: [layer] })),
    ),
    cells('total', '', '', total),
  ];
  return formatTable(rows, { left: isGraph ? [0, 1, 2] : [0, 1], header: 1, footer: 1 });
}

const count = (number: number | undefined): string => number?.toLocaleString('en-US') ?? '';

/** The names of the layers that feed a layer; empty if that is only the layer before it. */
function sourcesOf({ layers }: Model, number: number): string {
  const { from } = layers[number] as Model['layers'][number];
  if (from.length === 1 && from[0] === number - 1) return '';
  return from.map((source) => (source === MODEL_INPUT ? 'input' : (layers[source]?.name ?? ''))).join(', ');
}

function memoryTable({ state, gradients, workspace, transient, activations }: MemoryUse): string {
  const kibibytes = (bytes: number) => count(Math.ceil(bytes / 1024));
  const rows = [
    ['memory of training', 'KiB'],
    ['parameters and optimizer slots', kibibytes(state)],
    ['gradients of one shard', kibibytes(gradients)],
    ['workspace of 8 samples', kibibytes(workspace)],
    ...(transient > 0 ? [['transient memory of a worker', kibibytes(transient)]] : []),
    ['all activations of 8 samples, for comparison', kibibytes(activations)],
  ];
  const part = Math.round((100 * workspace) / activations);
  const note = `The workspace, which also holds gradients, takes ${part} % of the memory of all activations.`;
  return `${formatTable(rows, { header: 1, footer: 1 })}\n${note}`;
}
