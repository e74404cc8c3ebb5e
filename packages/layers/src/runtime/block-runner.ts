// Runs the calls of a plan, each on the memory that is chosen at the time. One thread, nothing allocated after construction.
import { callsOf, type Part, type Plan, type PlanCall, REGION_COUNT, Region } from './plan.ts';

type ExportedKernel = (...addresses: number[]) => void;

/** A call with its kernel's number. */
interface BoundCall {
  readonly call: PlanCall;
  readonly run: (bases: Int32Array) => void;
}

/** Calls that a runner can run. */
export type BoundCalls = readonly BoundCall[];

/** Instantiates a plan's module over a memory; its kernels by number. */
export function instantiateKernels(
  module: WebAssembly.Module,
  exportNames: readonly string[],
  memory: WebAssembly.Memory,
): readonly ExportedKernel[] {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exportNames.map((name) => exports[name] as ExportedKernel);
}

export interface RunnerHooks {
  /** Takes the milliseconds of each kernel, which are added to its element. */
  readonly times?: Float64Array | undefined;
  /** Its first element always holds the number of the kernel that runs or ran last; `layerOf` tells the layer. */
  readonly running?: Int32Array;
  /** Looks behind each call; `bases` are the addresses of the regions. */
  readonly visit?: (call: PlanCall, bases: Int32Array) => void;
}

export class BlockRunner {
  readonly #bases = new Int32Array(REGION_COUNT);
  readonly #kernels: readonly ExportedKernel[];
  readonly #hooks: RunnerHooks;
  readonly #running: Int32Array;
  readonly #inference: BoundCalls;
  readonly #score: BoundCalls;
  readonly #scatter: BoundCalls;

  constructor(plan: Plan, kernels: readonly ExportedKernel[], hooks: RunnerHooks = {}) {
    this.#kernels = kernels;
    this.#hooks = hooks;
    this.#running = hooks.running ?? new Int32Array(1);
    this.#inference = this.bind(plan.inference);
    this.#score = this.bind(plan.score);
    this.#scatter = this.bind([plan.scatter]);
  }

  bind(calls: readonly PlanCall[]): BoundCalls {
    return calls.map((call) => ({ call, run: observed(call, bindArguments(call, this.#kernels), this.#hooks) }));
  }

  /** Chooses the memory of a region, by its address. */
  use(region: Region, address: number): void {
    this.#bases[region] = address;
  }

  /** Chooses the workspace of a block. */
  enterBlock(workspace: number): void {
    this.#bases[Region.workspace] = workspace;
  }

  /** Chooses a copy of the state and, for a shard, its gradients and statistics. */
  enterShard(state: number, gradients: number, statistics: number): void {
    this.#bases[Region.state] = state;
    this.#bases[Region.gradients] = gradients;
    this.#bases[Region.statistics] = statistics;
  }

  /** Inputs to outputs, for evaluation and prediction. */
  infer(): void {
    this.run(this.#inference);
  }

  /** Adds the block to the statistics. */
  score(): void {
    this.run(this.#score);
  }

  /** Outputs to output rows. */
  scatter(): void {
    this.run(this.#scatter);
  }

  run(calls: BoundCalls): void {
    for (let i = 0; i < calls.length; i++) {
      const { call, run } = calls[i] as BoundCall;
      this.#running[0] = call.kernel;
      run(this.#bases);
    }
  }
}

/** The layer to which a kernel of a plan belongs, or 'loss' or a metric's name. */
export function layerOf(plan: Plan, kernel: number): string | undefined {
  const parts: readonly Part[] = ['forward', 'score', 'backward'];
  return parts.flatMap((part) => callsOf(plan, part)).find((call) => call.kernel === kernel)?.layer;
}

/** The call with its time added to `times`, and looked at by `visit`; without these, the call itself. */
function observed(call: PlanCall, run: BoundCall['run'], { times, visit }: RunnerHooks): BoundCall['run'] {
  if (!times && !visit) return run;
  return (bases) => {
    const start = performance.now();
    run(bases);
    if (times) times[call.kernel] = (times[call.kernel] as number) + performance.now() - start;
    visit?.(call, bases);
  };
}

/** A call as a function of the regions' bases. Written out by arity: a call with spread arguments would allocate an array each time. */
function bindArguments(
  { kernel, arguments: addresses }: PlanCall,
  kernels: readonly ExportedKernel[],
): BoundCall['run'] {
  const run = kernels[kernel] as ExportedKernel;
  const [a, b, c, d, e, f] = addresses.map(
    ({ region, offset }) =>
      (bases: Int32Array) =>
        (bases[region] as number) + offset,
  );
  if (!a) return () => run();
  if (!b) return (bases) => run(a(bases));
  if (!c) return (bases) => run(a(bases), b(bases));
  if (!d) return (bases) => run(a(bases), b(bases), c(bases));
  if (!e) return (bases) => run(a(bases), b(bases), c(bases), d(bases));
  if (!f) return (bases) => run(a(bases), b(bases), c(bases), d(bases), e(bases));
  if (addresses.length === 6) return (bases) => run(a(bases), b(bases), c(bases), d(bases), e(bases), f(bases));
  const values = addresses.map(() => 0);
  return (bases) => {
    for (let i = 0; i < addresses.length; i++) {
      const { region, offset } = addresses[i] as PlanCall['arguments'][number];
      values[i] = (bases[region] as number) + offset;
    }
    Reflect.apply(run, undefined, values);
  };
}
