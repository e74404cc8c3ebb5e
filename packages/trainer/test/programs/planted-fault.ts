// Preloaded into every thread of a process: makes worker threads run into the fault that the board names. Watches the start of their link, the
// kernels, the atomic additions by which workers claim, arrive and commit, and the time between segments.
import { createRequire } from 'node:module';
import { isMainThread, MessagePort, threadId, Worker, type WorkerOptions } from 'node:worker_threads';
import { Control } from '../../src/shared/control.ts';
import { FaultBoard, type FaultKind, type FaultPoint, PLANTED } from '../faults.ts';

/** Other users of atomic words, such as the pool, have no more of them. */
const OTHERS_LENGTH = 16;
const EXIT_CODE = 7;

const happen: Readonly<Record<FaultKind, () => void>> = {
  throw() {
    throw new Error(PLANTED);
  },
  exit: () => process.exit(EXIT_CODE),
  heap: fillHeap,
  spin() {
    for (;;);
  },
  sleep: () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  notice() {},
};

if (isMainThread) limitHeaps();
const board = isMainThread ? undefined : FaultBoard.find();
if (board) {
  pass(board, 'start');
  watchLink(board);
  watchKernels(board);
  watchAdditions(board);
  setInterval(() => pass(board, 'between'), 1).unref();
}

function pass(faults: FaultBoard, point: FaultPoint): void {
  const kind = faults.due(point, threadId);
  if (kind) happen[kind]();
}

/** In pieces of 1 MB: with much smaller ones V8 collects garbage for ever, with much larger ones it ends the process. */
function fillHeap(): never {
  const held: unknown[] = [];
  for (;;) held.push(Array(100_000).fill(held.length));
}

/** Gives threads so little memory that it is soon used up. */
function limitHeaps(): void {
  const resourceLimits = { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 8 };
  createRequire(import.meta.url)('node:worker_threads').Worker = class extends Worker {
    constructor(file: string | URL, options: WorkerOptions) {
      super(file, { ...options, resourceLimits });
    }
  };
}

function pointOf(kernel: string): FaultPoint {
  if (kernel.endsWith('gather')) return 'gather';
  if (/softmaxCrossEntropy|meanSquaredError|accuracy/.test(kernel)) return 'loss';
  if (/Gradient|channelSums/.test(kernel)) return 'backward';
  return kernel.endsWith('sgd') ? 'update' : 'forward';
}

/** Node starts its own ports in another way. */
function watchLink(faults: FaultBoard): void {
  const { start } = MessagePort.prototype;
  MessagePort.prototype.start = function () {
    pass(faults, 'join');
    start.call(this);
  };
}

function watchKernels(faults: FaultBoard): void {
  const { Instance } = WebAssembly;
  const watched = (name: string, kernel: WebAssembly.ExportValue) => {
    const point = pointOf(name);
    return (...operands: number[]) => {
      pass(faults, point);
      return (kernel as (...operands: number[]) => unknown)(...operands);
    };
  };
  class WatchedInstance {
    readonly exports: Readonly<Record<string, unknown>>;

    constructor(module: WebAssembly.Module, imports: WebAssembly.Imports) {
      const kernels = Object.entries(new Instance(module, imports).exports);
      pass(faults, kernels.every(([name]) => pointOf(name) === 'gather') ? 'receive' : 'set up');
      this.exports = Object.fromEntries(kernels.map(([name, kernel]) => [name, watched(name, kernel)]));
    }
  }
  Object.defineProperty(WebAssembly, 'Instance', { value: WatchedInstance });
}

function watchAdditions(faults: FaultBoard): void {
  const points = new Map<number, FaultPoint>([
    [Control.next, 'claim'],
    [Control.arrived, 'barrier'],
    [Control.step, 'commit'],
  ]);
  const add = Atomics.add as (words: Int32Array, slot: number, value: number) => number;
  const watched = (words: Int32Array, slot: number, value: number) => {
    const point = words.length > OTHERS_LENGTH ? points.get(slot) : undefined;
    if (point) pass(faults, point);
    return add(words, slot, value);
  };
  Object.defineProperty(Atomics, 'add', { value: watched });
}
