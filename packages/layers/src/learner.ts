// Trains a model on the calling thread. The bits are those of a trainer with the same batch size and shards.
import { LANES } from '@convoy/kernels';
import { ConvoyError, positiveInteger, sizeOf, Tensor, zeros } from '@convoy/tensor';
import { checkOptions, checkSeed, checkTensor, optional } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { createSharedMemory } from '@convoy/tensor/memory';
import { compileWebAssembly } from '@convoy/tensor/webassembly';
import { checkedTargets, samplesIn, type Targets } from './batch-checks.ts';
import { compilePlan } from './compile/compile.ts';
import { compileGather, plainSamples } from './compile/gather.ts';
import type { Model } from './graph/model.ts';
import { parametersOf } from './graph/parameters.ts';
import { initialValues } from './initializer.ts';
import type { Losses } from './loss.ts';
import type { Metric } from './metric.ts';
import { hyperparametersOf, type Optimizer } from './optimizer.ts';
import { type Batch, SampleSource } from './runtime/batch.ts';
import { Engine } from './runtime/engine.ts';
import { type EngineLabel, type EngineLayout, layOutEngines, MemoryPlanner } from './runtime/engine-layout.ts';
import { type Gather, instantiateGather } from './runtime/gather-runner.ts';
import type { Plan, PlanParameter } from './runtime/plan.ts';
import { activeShards, DEFAULT_SHARDS, type Sharding, shardBatch } from './runtime/sharding.ts';
import { TrainingState } from './runtime/training-state.ts';
import { maxShardsCheck, samplesOfStep, trainingChecks } from './training-checks.ts';

/** Options of `createLearner`. */
export interface LearnerOptions {
  readonly model: Model;
  /** A list for a model with several outputs, one loss for each; they are added. */
  readonly loss: Losses;
  readonly optimizer: Optimizer;
  /** Samples of a mini-batch, 1 or more. A step takes at most batchSize · accumulate samples, at most 2^31 − 1. */
  readonly batchSize: number;
  /**
   * How many mini-batches contribute their gradients to one step; default 1. The same as a batch of
   * batchSize · accumulate samples, with the same bits and no more memory. `train` takes all samples of a step at once.
   */
  readonly accumulate?: number;
  /** The maximum number of shards of a batch, from 1 to 1024; default 16. The results depend on it. */
  readonly maxShards?: number;
  /** Measured in each step; their names must differ. */
  readonly metrics?: readonly Metric[];
  /** Determines initial parameters and random layers such as dropout: a whole number from 0 to 2^53 − 1; default 0. */
  readonly seed?: number;
}

/** The mean loss over the batch, and the metrics of the first output by name. */
export type Scores = { readonly loss: number } & Readonly<Record<string, number>>;

/** The result of `Learner.gradients`. */
export interface LearnerGradients {
  readonly scores: Scores;
  /** ∂loss/∂parameter by name, of the parameters that are trained. */
  readonly parameters: Map<string, Tensor>;
  /** ∂loss/∂inputs (N, ...model.input) */
  readonly inputs: Tensor;
}

const FLOAT_BYTES = 4;

/** The order of samples that are passed as a batch. */
const AS_PASSED = { at: (position: number) => position };

/**
 * Checks everything and compiles the model.
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_SHAPE_MISMATCH, CONVOY_LAYER_FAILED, CONVOY_OUT_OF_MEMORY
 */
export const createLearner = (options: LearnerOptions): Learner => new Learner(options);

/** Trains a model on the calling thread; see `createLearner`. */
export class Learner {
  readonly #plan: Plan;
  readonly #optimizer: Optimizer;
  readonly #sharding: Sharding;
  readonly #memory: WebAssembly.Memory;
  readonly #floats: Float32Array;
  readonly #layout: EngineLayout;
  readonly #gather: Gather;
  readonly #engine: Engine;
  readonly #state: TrainingState;
  #step = 0;
  /** Receives the gradient at the inputs of the running batch, if it was asked for. */
  #inputGradient: Float32Array | undefined;

  constructor(options: LearnerOptions) {
    const checked = checkOptions('createLearner', options, {
      ...trainingChecks,
      batchSize: positiveInteger,
      accumulate: optional(positiveInteger, 1),
      maxShards: optional(maxShardsCheck, DEFAULT_SHARDS),
      seed: optional(checkSeed, 0),
    });
    const { model, loss, optimizer, metrics, seed } = checked;
    const sharding = shardBatch(samplesOfStep(checked), checked.maxShards);
    const plan = compilePlan(model, { loss, optimizer, metrics, inputGradient: true });
    // Rejects a schedule that gives no learning rate, before the first step.
    hyperparametersOf(optimizer, 0);
    const gather = compileGather(model.input, plainSamples(model.input));
    const planner = new MemoryPlanner<EngineLabel>(Math.max(plan.guardBytes, gather.guardBytes));
    const layout = layOutEngines(plan, sharding, 1, planner.reserve);
    const memory = createSharedMemory({
      what: 'a model',
      bytes: planner.end,
      details: 'for its parameters, gradients and one block of samples',
      fix: 'Make the model or its input smaller, or free memory.',
    });
    const module = compileWebAssembly(plan.module);
    this.#plan = plan;
    this.#optimizer = optimizer;
    this.#sharding = sharding;
    this.#memory = memory;
    this.#floats = new Float32Array(memory.buffer);
    this.#layout = layout;
    this.#gather = instantiateGather(gather, memory);
    this.#engine = new Engine(
      { plan, sharding, module, memory, layout, seed },
      { finish: (workspace, position, samples) => this.#keepInputGradient(workspace, position, samples) },
    );
    this.#state = new TrainingState(plan, memory.buffer, layout.states, () => this.#step);
    for (const spec of parametersOf(model)) {
      this.#state.view(spec.name).data.set(initialValues(spec.initializer, spec, seed));
    }
    this.#state.startSlots();
  }

  /** Steps taken so far. */
  get step(): number {
    return this.#step;
  }

  /**
   * Takes one step of the optimizer on a batch.
   * @param inputs (N, ...model.input), with N of at most batchSize · accumulate
   * @returns the scores of the batch before the step
   * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_LABEL; CONVOY_INVALID_OPTION if a
   * schedule gives no learning rate
   */
  train(inputs: Tensor, targets: Targets): Scores {
    const hyperparameters = hyperparametersOf(this.#optimizer, this.#step);
    const { samples, shards } = this.#computeShards(inputs, targets);
    const scores = this.#scores(shards, samples);
    this.#engine.reduce(0, 1, shards);
    this.#engine.update(0, 1, shards, hyperparameters);
    this.#step++;
    return scores;
  }

  /**
   * Computes the gradients of the loss over a batch, without a step.
   * @param inputs (N, ...model.input), as for `train`
   * @throws ConvoyError as `train`
   */
  gradients(inputs: Tensor, targets: Targets): LearnerGradients {
    const inputGradient = zeros(checkTensor('inputs', inputs).shape);
    this.#inputGradient = inputGradient.data;
    let computed: { readonly samples: number; readonly shards: number };
    try {
      computed = this.#computeShards(inputs, targets);
    } finally {
      this.#inputGradient = undefined;
    }
    const { samples, shards } = computed;
    const trained = this.#plan.parameters.filter(({ isTrained }) => isTrained);
    const parameters = new Map(trained.map((entry) => [entry.name, this.#sumOfGradients(entry, shards)]));
    return { scores: this.#scores(shards, samples), parameters, inputs: inputGradient };
  }

  /**
   * The model's output; the first one if there are several.
   * @param inputs (N, ...model.input), any N
   * @returns (N, ...model.output)
   * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_SHAPE_MISMATCH, CONVOY_OUT_OF_MEMORY
   */
  predict(inputs: Tensor): Tensor {
    const samples = samplesIn(inputs, this.#plan);
    const { output } = this.#plan;
    const outputs = zeros([samples, ...output]);
    const batch = this.#batchOf(inputs, [], samples);
    this.#engine.enterStep(this.#step);
    for (let first = 0; first < samples; first += LANES) this.#engine.predictBlock(batch, first, outputs.data, 0);
    return outputs;
  }

  /** Copies of the parameters by name. */
  parameters(): Map<string, Tensor> {
    return this.#state.copies();
  }

  /**
   * Copies of the numbers that the optimizer keeps for each parameter, by the parameter's name, such as its `velocity` or its moving `average`.
   * @throws ConvoyError CONVOY_UNKNOWN_NAME
   */
  slot(name: string): Map<string, Tensor> {
    const { slots } = this.#plan;
    if (slots.includes(name)) return this.#state.copies(1 + slots.indexOf(name));
    throw new ConvoyError('CONVOY_UNKNOWN_NAME', {
      given: `the slot ${describeValue(name)}`,
      expected: `one that the optimizer ${this.#optimizer.type} keeps: ${slots.join(', ') || 'it keeps none'}`,
      fix: name === 'average' ? 'Set averageDecay in the optimizer.' : 'Ask for one of these.',
    });
  }

  /**
   * Replaces some or all parameters. The optimizer's slots stay, but before the first step an average starts from the
   * new parameters.
   * @param parameters a Map of tensors by name, or pairs of a name and a tensor
   * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_UNKNOWN_NAME, CONVOY_SHAPE_MISMATCH; then no parameter has changed
   */
  setParameters(parameters: Iterable<readonly [string, Tensor]>): void {
    this.#state.setParameters(parameters);
  }

  #computeShards(inputs: Tensor, targets: Targets) {
    const samples = samplesIn(inputs, this.#plan);
    const numbers = checkedTargets(this.#plan, this.#sharding, samples, targets);
    const shards = activeShards(this.#sharding, samples);
    this.#engine.enterStep(this.#step);
    this.#engine.computeShards(this.#batchOf(inputs, numbers, samples), 0, shards);
    return { samples, shards };
  }

  /** @param targets empty for samples to predict */
  #batchOf(inputs: Tensor, targets: ArrayLike<number>, samples: number): Batch {
    const { input, targets: spec } = this.#plan;
    const arrays = {
      inputs: inputs.data,
      sampleShape: input,
      targets,
      // Without targets there is nothing to copy.
      targetShape: targets.length > 0 ? spec.shape : [0],
    };
    const source = new SampleSource(arrays, this.#gather, this.#plan, this.#memory);
    return { source, order: AS_PASSED, first: 0, samples };
  }

  #scores(shards: number, samples: number): Scores {
    const sums = this.#engine.sumScores(shards);
    // The loss is a mean already; metrics are sums over samples.
    const means = this.#plan.scores.map((name, i) => [name, (sums[i] as number) / (i === 0 ? 1 : samples)]);
    return Object.fromEntries(means) as Scores;
  }

  #sumOfGradients({ shape, offset }: PlanParameter, shards: number): Tensor {
    const sum = new Float32Array(sizeOf(shape));
    for (let shard = 0; shard < shards; shard++) {
      const at = (this.#layout.gradients + shard * this.#plan.gradientBytes) / FLOAT_BYTES + offset;
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (this.#floats[at + i] as number);
    }
    return new Tensor(sum, shape);
  }

  /** Copies the gradient at the inputs of a block, from cells to rows. */
  #keepInputGradient(workspace: number, position: number, samples: number): void {
    const rows = this.#inputGradient;
    if (!rows) return;
    const cells = (workspace + (this.#plan.inputGradient as number)) / FLOAT_BYTES;
    const size = sizeOf(this.#plan.input);
    for (let lane = 0; lane < samples; lane++) {
      for (let i = 0; i < size; i++) {
        rows[(position + lane) * size + i] = this.#floats[cells + i * LANES + lane] as number;
      }
    }
  }
}
