// Runs a plan on one block at a time, in the memory it is given. One thread, nothing allocated after construction.
import { type Plan, type PlanCall, REGION_COUNT, Region } from './plan.ts';

type ExportedKernel = (...addresses: number[]) => void;

/** A call with its kernel's number. */
interface BoundCall {
  readonly kernel: number;
  readonly run: (bases: Int32Array) => void;
}

/** Instantiates a plan's module over a memory; its kernels by number. */
export function instantiateKernels(
  module: WebAssembly.Module,
  exportNames: readonly string[],
  memory: WebAssembly.Memory,
): readonly ExportedKernel[] {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exportNames.map((name) => exports[name] as ExportedKernel);
}

export class BlockRunner {
  readonly #bases = new Int32Array(REGION_COUNT);
  readonly #running: Int32Array;
  readonly #forward: readonly BoundCall[];
  readonly #score: readonly BoundCall[];
  readonly #backward: readonly BoundCall[];
  readonly #backwardAccumulate: readonly BoundCall[];
  readonly #scatter: BoundCall;

  /**
   * @param workspace address of a workspace that no other runner uses
   * @param times if given, the milliseconds of each kernel are added to its element
   * @param running its first element always holds the number of the kernel that runs or ran last; `layerOf` tells the layer
   */
  constructor(
    plan: Plan,
    kernels: readonly ExportedKernel[],
    workspace: number,
    running: Int32Array = new Int32Array(1),
    times?: Float64Array,
  ) {
    this.#running = running;
    const bind = (call: PlanCall) => timed(bindCall(call, kernels), times);
    this.#forward = plan.forward.map(bind);
    this.#score = plan.score.map(bind);
    this.#backward = plan.backward.map(bind);
    this.#backwardAccumulate = plan.backwardAccumulate.map(bind);
    this.#scatter = bind(plan.scatter);
    this.#bases[Region.workspace] = workspace;
  }

  /** Chooses the copy of the state and, for a shard, its gradients and statistics, by address. */
  use(state: number, gradients: number, statistics: number): void {
    this.#bases[Region.state] = state;
    this.#bases[Region.gradients] = gradients;
    this.#bases[Region.statistics] = statistics;
  }

  /** Inputs to outputs. */
  forward(): void {
    this.#run(this.#forward);
  }

  /** The same, with a look behind each call of `Plan.forward`. */
  forwardEach(visit: (call: number) => void): void {
    for (const [i, call] of this.#forward.entries()) {
      call.run(this.#bases);
      visit(i);
    }
  }

  /** Adds the block to the statistics and computes the gradient at the outputs. */
  score(): void {
    this.#run(this.#score);
  }

  /** The parameters' gradients, overwriting those in the shard's buffer or added to them. */
  backward(accumulate: boolean): void {
    this.#run(accumulate ? this.#backwardAccumulate : this.#backward);
  }

  /** Outputs to output rows. */
  scatter(): void {
    this.#scatter.run(this.#bases);
  }

  #run(calls: readonly BoundCall[]): void {
    for (let i = 0; i < calls.length; i++) {
      const call = calls[i] as BoundCall;
      this.#running[0] = call.kernel;
      call.run(this.#bases);
    }
  }
}

/** The layer to which a kernel of a plan belongs, or 'loss' or a metric's name. */
export function layerOf({ forward, score, backward, backwardAccumulate }: Plan, kernel: number): string | undefined {
  return [...forward, ...score, ...backward, ...backwardAccumulate].find((call) => call.kernel === kernel)?.layer;
}

const bindCall = (call: PlanCall, kernels: readonly ExportedKernel[]): BoundCall => ({
  kernel: call.kernel,
  run: bindArguments(call, kernels),
});

/** The call with its time added to `times`; without these, the call itself. */
function timed({ kernel, run }: BoundCall, times: Float64Array | undefined): BoundCall {
  if (!times) return { kernel, run };
  return {
    kernel,
    run: (bases) => {
      const start = performance.now();
      run(bases);
      times[kernel] = (times[kernel] as number) + performance.now() - start;
    },
  };
}

/** A call as a function of the regions' bases. Written out by arity: a call with spread arguments would allocate an array each time. */
function bindArguments(
  { kernel, arguments: addresses }: PlanCall,
  kernels: readonly ExportedKernel[],
): BoundCall['run'] {
  const run = kernels[kernel] as ExportedKernel;
  const [a, b, c, d, e] = addresses.map(
    ({ region, offset }) =>
      (bases: Int32Array) =>
        (bases[region] as number) + offset,
  );
  if (addresses.length > 5 || !a) throw new Error(`A kernel with ${addresses.length} arguments cannot be bound.`);
  if (!b) return (bases) => run(a(bases));
  if (!c) return (bases) => run(a(bases), b(bases));
  if (!d) return (bases) => run(a(bases), b(bases), c(bases));
  if (!e) return (bases) => run(a(bases), b(bases), c(bases), d(bases));
  return (bases) => run(a(bases), b(bases), c(bases), d(bases), e(bases));
}
