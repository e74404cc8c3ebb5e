// Trains a model on the calling thread. The bits are those of the trainer with the same batch size and shards.
import { LANES } from '@convoy/kernels';
import { ConvoyError, positiveInteger, sameShape, sizeOf, Tensor } from '@convoy/tensor';
import { checkBatch, samplesIn, shapeMismatch, type Targets } from './batch-checks.ts';
import { compilePlan } from './compile/compile.ts';
import { compileGather, plainSamples } from './compile/gather.ts';
import { type Model, parametersOf } from './graph/model.ts';
import { initialValues } from './initializer.ts';
import type { Losses } from './loss.ts';
import type { Metric } from './metric.ts';
import { hyperparametersOf, type Optimizer } from './optimizer.ts';
import { BlockRunner, instantiateKernels } from './runtime/block-runner.ts';
import { instantiateGather } from './runtime/gather-runner.ts';
import { CACHE_LINE, type Plan, roundUp } from './runtime/plan.ts';
import { RandomKeys } from './runtime/random-keys.ts';
import { partialsBytes, ShardRunner, shardsBytes, workspacesBytes } from './runtime/shard-runner.ts';
import { activeShards, type Sharding, shardBatch } from './runtime/sharding.ts';
import { createSharedMemory } from './runtime/shared-memory.ts';
import { startSlots } from './runtime/slots.ts';
import { gradientScale, UNIT_FLOATS, UpdateRunner } from './runtime/update-runner.ts';

export interface LearnerOptions {
  readonly model: Model;
  /** A list for a model of several outputs, one loss for each; they are added. */
  readonly loss: Losses;
  readonly optimizer: Optimizer;
  /** The most samples of a step. */
  readonly batchSize: number;
  readonly metrics?: readonly Metric[];
  /** Of the initial parameters; default 0. */
  readonly seed?: number;
}

/** The mean loss over the batch, and the metrics of the first output by name. */
export type Scores = { readonly loss: number } & Readonly<Record<string, number>>;

interface Batch {
  readonly inputs: Tensor;
  readonly targets: Targets;
  readonly samples: number;
  readonly inputGradient: Float32Array | undefined;
}

const FLOAT_BYTES = 4;

/** Checks everything and compiles the model. @throws ConvoyError */
export const createLearner = (options: LearnerOptions): Learner => new Learner(options);

export class Learner {
  readonly #plan: Plan;
  readonly #optimizer: Optimizer;
  readonly #sharding: Sharding;
  readonly #floats: Float32Array;
  readonly #runner: BlockRunner;
  readonly #shards: ShardRunner;
  readonly #keys: RandomKeys;
  readonly #updater: UpdateRunner;
  readonly #gather: (rows: number, inputs: number) => void;
  readonly #layout: ReturnType<typeof layOut>;
  #step = 0;
  /** The batch that is being computed. */
  #batch: Batch | undefined;

  constructor({ model, loss, optimizer, batchSize, metrics = [], seed = 0 }: LearnerOptions) {
    this.#plan = compilePlan(model, { loss, optimizer, metrics, inputGradient: true });
    this.#optimizer = optimizer;
    this.#sharding = shardBatch(positiveInteger('batchSize', batchSize));
    const gather = compileGather(model.input, plainSamples(model.input));
    this.#layout = layOut(this.#plan, this.#sharding, gather.guardBytes);
    const memory = createSharedMemory(this.#layout.end);
    this.#floats = new Float32Array(memory.buffer);
    const kernels = instantiateKernels(new WebAssembly.Module(this.#plan.module), this.#plan.exportNames, memory);
    this.#runner = new BlockRunner(this.#plan, kernels);
    this.#keys = new RandomKeys(this.#plan, seed, memory);
    this.#shards = new ShardRunner(this.#plan, this.#sharding, this.#runner, this.#layout, this.#floats, {
      read: (workspace, position, samples) => this.#readBlock(workspace, position, samples),
      enter() {},
      meet() {},
      finish: (workspace, position, samples) => this.#keepInputGradient(workspace, position, samples),
    });
    this.#updater = new UpdateRunner(this.#plan, kernels, this.#hyperparameters().length);
    this.#gather = instantiateGather(gather, memory);
    for (const spec of parametersOf(model)) {
      this.#array(0, spec.name).data.set(initialValues(spec.initializer, spec, seed));
    }
    startSlots(this.#plan, this.#floats, this.#state(0) / FLOAT_BYTES);
  }

  /** Steps taken so far. */
  get step(): number {
    return this.#step;
  }

  /**
   * One step of the optimizer on a batch of at most `batchSize` samples.
   * @param inputs (N, ...model.input)
   * @returns the scores of the batch before the step
   * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_LABEL; CONVOY_INVALID_OPTION if a schedule gives no learning rate
   */
  train(inputs: Tensor, targets: Targets): Scores {
    const hyperparameters = this.#hyperparameters();
    const { shards, scores } = this.#computeGradients(inputs, targets);
    this.#update(shards, hyperparameters);
    this.#step++;
    return scores;
  }

  /**
   * The gradients of the loss over a batch, without a step.
   * @returns the scores, the gradients of what is trained by parameter name, and the gradient at the inputs (N, ...model.input)
   */
  gradients(inputs: Tensor, targets: Targets): { scores: Scores; parameters: Map<string, Tensor>; inputs: Tensor } {
    const inputGradient = new Tensor(new Float32Array(inputs.size), inputs.shape);
    const { shards, scores } = this.#computeGradients(inputs, targets, inputGradient.data);
    const { gradientBytes, parameters } = this.#plan;
    const trained = parameters.filter(({ isTrained }) => isTrained);
    const sums = trained.map(({ name, shape, offset }): [string, Tensor] => {
      const sum = new Float32Array(sizeOf(shape));
      for (let shard = 0; shard < shards; shard++) {
        const at = (this.#layout.gradients + shard * gradientBytes) / FLOAT_BYTES + offset;
        for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (this.#floats[at + i] as number);
      }
      return [name, new Tensor(sum, shape)];
    });
    return { scores, parameters: new Map(sums), inputs: inputGradient };
  }

  /**
   * The model's outputs, of several the first.
   * @param inputs (N, ...model.input), any N
   * @returns (N, ...model.output)
   */
  predict(inputs: Tensor): Tensor {
    const samples = samplesIn(inputs, this.#plan);
    const size = sizeOf(this.#plan.output);
    const outputs = new Float32Array(samples * size);
    const { workspaces, gradients, statistics } = this.#layout;
    const rows = (workspaces + this.#plan.outputRows) / FLOAT_BYTES;
    this.#runner.enterBlock(workspaces);
    this.#runner.enterShard(this.#state(0), gradients, statistics);
    for (let first = 0; first < samples; first += LANES) {
      const count = Math.min(LANES, samples - first);
      this.#fillInputs(workspaces, inputs, first, count);
      this.#runner.infer();
      this.#runner.scatter();
      outputs.set(this.#floats.subarray(rows, rows + count * size), first * size);
    }
    return new Tensor(outputs, [samples, ...this.#plan.output]);
  }

  /** Copies of the parameters by name. */
  parameters(): Map<string, Tensor> {
    return this.#copies(0);
  }

  /**
   * Copies of the numbers that the optimizer keeps for each parameter, by the parameter's name: its `velocity`, say, or its moving `average`.
   * @throws ConvoyError CONVOY_UNKNOWN_NAME
   */
  slot(name: string): Map<string, Tensor> {
    const { slots } = this.#plan;
    if (slots.includes(name)) return this.#copies(1 + slots.indexOf(name));
    throw new ConvoyError('CONVOY_UNKNOWN_NAME', {
      given: `the slot '${name}'`,
      expected: `one that the optimizer ${this.#optimizer.type} keeps: ${slots.join(', ') || 'it keeps none'}`,
      fix: name === 'average' ? 'Set averageDecay in the optimizer.' : 'Ask for one of these.',
    });
  }

  /**
   * Replaces some or all parameters. What the optimizer keeps stays, but before the first step an average starts from these.
   * @throws ConvoyError CONVOY_UNKNOWN_NAME, CONVOY_SHAPE_MISMATCH; then no parameter has changed
   */
  setParameters(parameters: Iterable<readonly [string, Tensor]>): void {
    const pairs = Array.from(parameters, ([name, tensor]) => {
      const own = this.#array(0, name);
      if (!sameShape(own.shape, tensor.shape)) throw shapeMismatch(`'${name}'`, tensor.shape, own.shape);
      return [own, tensor] as const;
    });
    for (const [own, tensor] of pairs) own.data.set(tensor.data);
    if (this.#step === 0) startSlots(this.#plan, this.#floats, this.#state(0) / FLOAT_BYTES);
  }

  #copies(array: number): Map<string, Tensor> {
    return new Map(this.#plan.parameters.map(({ name }) => [name, this.#array(array, name).clone()]));
  }

  /** A view of a parameter in the current copy of the state, for array 0, or of what slot `array` − 1 keeps for it. */
  #array(array: number, name: string): Tensor {
    const entry = this.#plan.parameters.find((parameter) => parameter.name === name);
    if (!entry) {
      throw new ConvoyError('CONVOY_UNKNOWN_NAME', {
        given: `the parameter '${name}'`,
        expected: `one of ${this.#plan.parameters.map((parameter) => parameter.name).join(', ')}`,
        fix: 'Take the names that parameters() lists.',
      });
    }
    const at = this.#state(0) / FLOAT_BYTES + array * this.#plan.parameterFloats + entry.offset;
    return new Tensor(this.#floats.subarray(at, at + sizeOf(entry.shape)), entry.shape);
  }

  /** The address of the current copy of the state, or of the next one. */
  #state(next: 0 | 1): number {
    return this.#layout.states[(this.#step + next) % 2] as number;
  }

  #hyperparameters(): readonly number[] {
    return hyperparametersOf(this.#optimizer, this.#step);
  }

  /** Writes the next state. */
  #update(shards: number, hyperparameters: readonly number[]): void {
    const { gradients, norms } = this.#layout;
    const { clip, parameterFloats } = this.#plan;
    if (clip) this.#updater.reduce(gradients, norms, 0, clip.chunks, shards);
    const scale = clip && gradientScale(this.#floats, norms / FLOAT_BYTES, clip);
    const units = parameterFloats / UNIT_FLOATS;
    this.#updater.run(this.#state(0), this.#state(1), gradients, 0, units, shards, hyperparameters, 0, scale);
  }

  #computeGradients(inputs: Tensor, targets: Targets, inputGradient?: Float32Array) {
    const samples = samplesIn(inputs, this.#plan);
    checkBatch(this.#plan, this.#sharding, samples, targets);
    const shards = activeShards(this.#sharding, samples);
    const { statistics } = this.#layout;
    const { statisticsBytes } = this.#plan;
    this.#keys.enterStep(this.#step);
    this.#batch = { inputs, targets, samples, inputGradient };
    this.#shards.run(this.#state(0), samples, 0, shards);
    const scores = this.#plan.statistics.map((name, i) => {
      let total = 0;
      for (let shard = 0; shard < shards; shard++) {
        total += this.#floats[(statistics + shard * statisticsBytes) / FLOAT_BYTES + i] as number;
      }
      // The loss is weighted already; metrics are counts.
      return [name, total / (i === 0 ? 1 : samples)];
    });
    return { shards, scores: Object.fromEntries(scores) as Scores };
  }

  #readBlock(workspace: number, position: number, count: number): void {
    const { inputs, targets, samples } = this.#batch as Batch;
    this.#fillInputs(workspace, inputs, position, count);
    this.#fillTargets(workspace, targets, position, count, 1 / samples);
    this.#keys.fill(workspace, position);
  }

  #keepInputGradient(workspace: number, position: number, count: number): void {
    const { inputGradient } = this.#batch as Batch;
    if (!inputGradient) return;
    const cells = (workspace + (this.#plan.inputGradient as number)) / FLOAT_BYTES;
    unpackBlock(this.#floats, cells, sizeOf(this.#plan.input), inputGradient, position, count);
  }

  #fillInputs(workspace: number, inputs: Tensor, first: number, count: number): void {
    const size = sizeOf(this.#plan.input);
    const rows = (workspace + this.#plan.rows) / FLOAT_BYTES;
    this.#floats.set(inputs.data.subarray(first * size, (first + count) * size), rows);
    this.#floats.fill(0, rows + count * size, rows + LANES * size);
    this.#gather(workspace + this.#plan.rows, workspace + this.#plan.inputs);
  }

  #fillTargets(workspace: number, targets: Targets, first: number, count: number, weight: number): void {
    const { targetCells, weights, targets: form } = this.#plan;
    const size = sizeOf(form.shape);
    const data = targets instanceof Tensor ? targets.data : targets;
    const cells = (workspace + targetCells) / FLOAT_BYTES;
    const weightCell = (workspace + weights) / FLOAT_BYTES;
    for (let lane = 0; lane < LANES; lane++) {
      const valid = lane < count;
      this.#floats[weightCell + lane] = valid ? weight : 0;
      for (let i = 0; i < size; i++) {
        this.#floats[cells + i * LANES + lane] = valid ? (data[(first + lane) * size + i] as number) : 0;
      }
    }
  }
}

/** Copies the first `count` lanes of a block into rows `first` … of row-major samples. */
function unpackBlock(
  floats: Float32Array,
  cells: number,
  size: number,
  rows: Float32Array,
  first: number,
  count: number,
): void {
  for (let lane = 0; lane < count; lane++) {
    for (let i = 0; i < size; i++) rows[(first + lane) * size + i] = floats[cells + i * LANES + lane] as number;
  }
}

/** The addresses of a learner's memory, one region behind the other. */
function layOut(plan: Plan, sharding: Sharding, gatherGuard: number) {
  let end = roundUp(Math.max(plan.guardBytes, gatherGuard), CACHE_LINE);
  const take = (bytes: number): number => {
    const start = end;
    end += roundUp(bytes, CACHE_LINE);
    return start;
  };
  return {
    states: [take(plan.stateBytes), take(plan.stateBytes)] as const,
    gradients: take(sharding.shards * plan.gradientBytes),
    statistics: take(sharding.shards * plan.statisticsBytes),
    norms: take((plan.clip?.chunks ?? 0) * FLOAT_BYTES),
    shards: take(shardsBytes(plan, sharding, 1)),
    transient: take(plan.transientBytes),
    partials: take(partialsBytes(plan, sharding)),
    workspaces: take(workspacesBytes(plan, sharding, 1)),
    end,
  };
}
