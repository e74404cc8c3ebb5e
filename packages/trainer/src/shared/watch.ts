// Looking at a word of shared memory until it changes, for a while: others are usually close, and waking a sleeper takes some 20 µs or more.

/** Looks before sleeping: some 20 µs. */
const LOOKS = 2000;
/** The most looks after these, where there is time for them: another 100 µs. */
const FURTHER_LOOKS = 10_000;
/** Further looks for each millisecond since a thread last gave up looking: where looking is in vain, a fiftieth of the time is lost at most. */
const LOOKS_PER_MILLISECOND = 2000;

export class Watch {
  readonly #words: Int32Array;
  readonly #mayLook: boolean;
  /** When this thread last stopped looking. */
  #gaveUp = 0;

  /** @param mayLook false where there are fewer cores than threads: who looks would keep a core from one that works */
  constructor(words: Int32Array, mayLook: boolean) {
    this.#words = words;
    this.#mayLook = mayLook;
  }

  /** Whether a word is seen to differ from an old value. If it is not, it is time to sleep. */
  seesChange(index: number, old: number): boolean {
    if (!this.#mayLook) return false;
    if (this.#look(index, old, LOOKS) || this.#look(index, old, this.#furtherLooks())) return true;
    this.#gaveUp = performance.now();
    return false;
  }

  #look(index: number, old: number, looks: number): boolean {
    const words = this.#words;
    for (let i = 0; i < looks; i++) if (Atomics.load(words, index) !== old) return true;
    return false;
  }

  #furtherLooks(): number {
    return Math.min(FURTHER_LOOKS, LOOKS_PER_MILLISECOND * (performance.now() - this.#gaveUp));
  }
}
