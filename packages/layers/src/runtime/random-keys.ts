// The random bits of a step, one word per sample. Layers that draw random numbers derive them from these words, so that a draw depends on the seed,
// the step, the sample's position in the batch and the layer, never on a thread.

import { RandomStream } from '@convoy/tensor/random';
import { LANES } from './lanes.ts';
import type { Plan } from './plan.ts';

export class RandomKeys {
  readonly #stream: RandomStream;
  readonly #words: Uint32Array;
  readonly #offset: number | undefined;

  constructor({ randomKeys }: Plan, seed: number, memory: WebAssembly.Memory) {
    this.#stream = new RandomStream(seed, 'layers');
    this.#words = new Uint32Array(memory.buffer);
    this.#offset = randomKeys;
  }

  enterStep(step: number): void {
    this.#stream.enterEpoch(step >>> 0);
  }

  /** Writes the words of a block whose first sample has this position in the batch, if the plan needs them. */
  fill(workspace: number, position: number): void {
    if (this.#offset === undefined) return;
    const first = (workspace + this.#offset) / Uint32Array.BYTES_PER_ELEMENT;
    for (let lane = 0; lane < LANES; lane++) this.#words[first + lane] = this.#stream.uint32(position + lane);
  }
}
