// Makes jobs ready to run: compiles their kernels into one module over one shared memory, as a plan does, lays out their blocks, and compares
// their results with the reference before they are timed.
import { createHash } from 'node:crypto';
import { encodeModule, LANES } from '@convoy/kernels';
import { BLOCKS, type BufferValue, type KernelJob, type Result, toCells } from './job.ts';

const FLOAT_BYTES = 4;
const LINE_BYTES = 64;
const PAGE_BYTES = 65_536;

/** The allowed |actual − expected|, relative to the greater of 1 and the greatest expected number. */
const TOLERANCE = 1e-5;

/** A job in memory. */
export interface ReadyJob {
  readonly job: KernelJob;
  /** Calls the kernel so many times, for one block after the other. */
  readonly run: (count: number) => void;
}

type ExportedKernel = (...values: number[]) => void;

export class Workbench {
  readonly jobs: readonly ReadyJob[];
  readonly #memory: WebAssembly.Memory;
  /** The values of the operands by job, block and operand. */
  readonly #calls: readonly (readonly (readonly number[])[])[];

  constructor(jobs: readonly KernelJob[]) {
    const { bytes, exportNames, guardBytes } = encodeModule(
      jobs.map(({ kernel }) => kernel),
      { shared: true },
    );
    let end = guardBytes;
    const take = (byteLength: number): number => {
      const start = Math.ceil(end / LINE_BYTES) * LINE_BYTES;
      end = start + byteLength;
      return start;
    };
    this.#calls = jobs.map((job) => layOut(job, take));
    const pages = Math.ceil(end / PAGE_BYTES);
    this.#memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory: this.#memory } });
    this.jobs = jobs.map((job, i) => {
      const kernel = exports[exportNames[i] as string] as ExportedKernel;
      const calls = this.#calls[i] as readonly (readonly number[])[];
      let next = 0;
      return {
        job,
        run: (count) => {
          for (let i = 0; i < count; i++) {
            kernel(...(calls[next] as readonly number[]));
            next = (next + 1) % calls.length;
          }
        },
      };
    });
    this.#fillInputs();
  }

  /** Runs every job on every block. @throws Error with the first number that differs from the reference */
  check(): void {
    this.jobs.forEach(({ job, run }, i) => {
      run(BLOCKS);
      job.operands.forEach((operand, position) => {
        if (isResult(operand)) this.#checkResult(job, operand, this.#addresses(i, position));
      });
    });
  }

  /** SHA-256 of all results that do not change when calls are repeated. It is the same on every machine. */
  checksum(): string {
    const hash = createHash('sha256');
    this.jobs.forEach(({ job }, i) => {
      job.operands.forEach((operand, position) => {
        if (!isResult(operand) || operand.accumulates) return;
        for (const address of this.#addresses(i, position)) hash.update(this.#floatsAt(address, operand.floats));
      });
    });
    return hash.digest('hex');
  }

  #fillInputs(): void {
    this.jobs.forEach(({ job }, i) => {
      job.operands.forEach((operand, position) => {
        if (typeof operand === 'number' || operand.kind !== 'input') return;
        const { buffer, byteOffset, byteLength } = operand.values;
        const source = new Uint8Array(buffer, byteOffset, byteLength);
        for (const address of new Set(this.#addresses(i, position)))
          new Uint8Array(this.#memory.buffer).set(source, address);
      });
    });
  }

  #checkResult(
    { group, name }: KernelJob,
    { expected, layout }: Result,
    [first = 0, ...others]: readonly number[],
  ): void {
    const wanted = layout === 'cells' ? toCells(expected()) : Float32Array.from(expected());
    const actual = this.#floatsAt(first, wanted.length);
    const scale = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
    // `!(… <= …)` rather than `>`, because NaN is a difference too.
    const wrong = wanted.findIndex((value, i) => !(Math.abs((actual[i] as number) - value) <= TOLERANCE * scale));
    if (wrong >= 0) {
      throw new Error(
        `${group}, ${name}: number ${wrong} is ${actual[wrong]}; expected ${wanted[wrong]}, as in the reference.`,
      );
    }
    // All blocks contain the same samples.
    others.forEach((address, i) => {
      if (Buffer.compare(bytesOf(this.#floatsAt(address, wanted.length)), bytesOf(actual)) === 0) return;
      throw new Error(`${group}, ${name}: block ${i + 1} differs from block 0, whose samples are the same.`);
    });
  }

  #addresses(job: number, position: number): readonly number[] {
    return (this.#calls[job] as readonly (readonly number[])[]).map((values) => values[position] as number);
  }

  #floatsAt(address: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, length);
  }
}

/** The values of the operands of a job, by block; `take` reserves bytes and returns their address. */
function layOut({ operands }: KernelJob, take: (byteLength: number) => number): readonly (readonly number[])[] {
  const perOperand = operands.map((operand) => {
    if (typeof operand === 'number') return Array<number>(BLOCKS).fill(operand);
    if (operand.kind === 'input' && !operand.perBlock) return Array<number>(BLOCKS).fill(take(bytesNeeded(operand)));
    return Array.from({ length: BLOCKS }, () => take(bytesNeeded(operand)));
  });
  return Array.from({ length: BLOCKS }, (_, block) => perOperand.map((values) => values[block] as number));
}

/** Kernels read whole vectors, so the last vector may extend past the numbers. */
function bytesNeeded(operand: BufferValue): number {
  const bytes = operand.kind === 'input' ? operand.values.byteLength : operand.floats * FLOAT_BYTES;
  return bytes + LANES * FLOAT_BYTES;
}

const isResult = (operand: BufferValue | number): operand is Result =>
  typeof operand !== 'number' && operand.kind === 'result';

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
