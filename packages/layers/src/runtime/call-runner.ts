// Runs the calls of a plan on the memory that is chosen at the time. One thread; nothing is allocated after construction.
import type { BoundKernel, KernelBinder } from './backend.ts';
import { type PlanCall, REGION_COUNT, type Region } from './plan.ts';

/** A call that is ready to run. */
interface BoundCall {
  /** The number of its kernel. */
  readonly kernel: number;
  readonly run: BoundKernel;
}

/** Calls that a runner can run. */
export type BoundCalls = readonly BoundCall[];

/** The calls of a stage, for the first block of a shard and for later blocks. */
export interface BoundPair {
  readonly first: BoundCalls;
  readonly later: BoundCalls;
}

export interface CallHooks {
  /** Collects the milliseconds of each kernel: they are added to its element. */
  readonly times?: Float64Array | undefined;
  /** Its first element holds the number of the kernel that runs or ran last; `layerOf` tells the layer. */
  readonly running?: Int32Array | undefined;
  /** Is called after each call; `bases` are the addresses of the regions. */
  readonly visit?: ((call: PlanCall, bases: Int32Array) => void) | undefined;
}

export class CallRunner {
  readonly #bases = new Int32Array(REGION_COUNT);
  readonly #kernels: KernelBinder;
  readonly #hooks: CallHooks;
  readonly #running: Int32Array;

  constructor(kernels: KernelBinder, hooks: CallHooks) {
    this.#kernels = kernels;
    this.#hooks = hooks;
    this.#running = hooks.running ?? new Int32Array(1);
  }

  /** Calls with the kernels for the first block of a shard. */
  bind(calls: readonly PlanCall[]): BoundCalls {
    return calls.map((call) => this.#bindCall(call, call.kernel));
  }

  bindPair(calls: readonly PlanCall[]): BoundPair {
    const first = this.bind(calls);
    const later = calls.map((call, i) =>
      call.laterKernel === call.kernel ? (first[i] as BoundCall) : this.#bindCall(call, call.laterKernel),
    );
    return { first, later };
  }

  /** Chooses the base address of a region. */
  use(region: Region, address: number): void {
    this.#bases[region] = address;
  }

  run(calls: BoundCalls): void {
    for (let i = 0; i < calls.length; i++) {
      const { kernel, run } = calls[i] as BoundCall;
      this.#running[0] = kernel;
      run(this.#bases);
    }
  }

  #bindCall(call: PlanCall, kernel: number): BoundCall {
    const run = this.#kernels.bind(kernel, call.operands);
    const { times, visit } = this.#hooks;
    if (!times && !visit) return { kernel, run };
    return {
      kernel,
      run(bases) {
        const start = performance.now();
        run(bases);
        if (times) times[kernel] = (times[kernel] as number) + performance.now() - start;
        visit?.(call, bases);
      },
    };
  }
}
