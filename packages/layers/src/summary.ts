// A model as tables for people: its layers, and the memory that training takes.
import { formatShape } from '@convoy/tensor';
import { formatTable } from '@convoy/tensor/table';
import { type CompileOptions, compilePlan } from './compile/compile.ts';
import { blockBytes } from './compile/operations.ts';
import { modelCosts } from './graph/costs.ts';
import { MODEL_INPUT, type Model } from './graph/model.ts';
import { meanSquaredError } from './losses/mean-squared-error.ts';
import { sgd } from './optimizers/sgd.ts';

/** What the model is trained with. Defaults: the mean squared error, which takes any output, and `sgd` with momentum. */
export type SummaryOptions = Partial<Pick<CompileOptions, 'loss' | 'optimizer'>>;

/** Bytes. */
export interface MemoryUse {
  /** Parameters, running statistics and what the optimizer keeps: one of the two copies that there are. */
  readonly state: number;
  /** The gradients of one shard. */
  readonly gradients: number;
  /** The workspace of one block of 8 samples: inputs, activations, their gradients and what layers keep for backward, one behind the other. */
  readonly workspace: number;
  /** What the blocks of a worker use in turn, where a worker keeps several workspaces: scratch memory and short-lived gradients. */
  readonly transient: number;
  /** For comparison, the input and the outputs of all layers for one block, none in the place of another, without gradients. */
  readonly activations: number;
}

/** @throws ConvoyError as `compilePlan` */
export function memoryUse(model: Model, options: SummaryOptions = {}): MemoryUse {
  const plan = compilePlan(model, {
    loss: model.outputs.length === 1 ? meanSquaredError() : model.outputs.map(() => meanSquaredError()),
    optimizer: sgd({ learningRate: 0.01, momentum: 0.9 }),
    ...options,
  });
  return {
    state: plan.stateBytes,
    gradients: plan.gradientBytes,
    workspace: plan.workspaceBytes,
    transient: plan.transientBytes,
    activations: model.layers.reduce((sum, { output }) => sum + blockBytes(output), blockBytes(model.input)),
  };
}

/**
 * A line for each layer: its name, which values it takes unless it is that of the layer before, its output shape, numbers of parameters and of running
 * statistics, and the multiplications with additions for one sample; then the totals. A second table tells what memory training takes.
 *
 * @throws ConvoyError as `compilePlan`
 */
export function summary(model: Model, options: SummaryOptions = {}): string {
  return `${layerTable(model)}\n\n${memoryTable(memoryUse(model, options))}`;
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

/** The names of what a layer takes; nothing where that is the value of the line before. */
function sourcesOf({ layers }: Model, number: number): string {
  const { from } = layers[number] as Model['layers'][number];
  if (from.length === 1 && from[0] === number - 1) return '';
  return from.map((source) => (source === MODEL_INPUT ? 'input' : (layers[source]?.name ?? ''))).join(', ');
}

function memoryTable({ state, gradients, workspace, transient, activations }: MemoryUse): string {
  const kibibytes = (bytes: number) => count(Math.ceil(bytes / 1024));
  const rows = [
    ['memory of training', 'KiB'],
    ['parameters and what the optimizer keeps', kibibytes(state)],
    ['gradients of a shard', kibibytes(gradients)],
    ['workspace of 8 samples', kibibytes(workspace)],
    ...(transient > 0 ? [['what the blocks of a worker use in turn', kibibytes(transient)]] : []),
    ['all activations of 8 samples by themselves', kibibytes(activations)],
  ];
  const part = Math.round((100 * workspace) / activations);
  const note = `The workspace, which holds gradients too, takes ${part} % of the memory of all activations by themselves.`;
  return `${formatTable(rows, { header: 1, footer: 1 })}\n${note}`;
}
