// Looks at a word of shared memory until it changes, for a limited time: other threads usually arrive soon, and waking a sleeper takes 20 µs or more.

/** Looks before sleeping: about 20 µs. */
const LOOKS = 2000;
/** The maximum number of looks after these, where there is time for them: another 100 µs. */
const FURTHER_LOOKS = 10_000;
/** Further looks per millisecond since the thread last gave up: where looking does not help, it takes at most 2 % of the time. */
const LOOKS_PER_MILLISECOND = 2000;

export class Watch {
  readonly #words: Int32Array;
  readonly #mayLook: boolean;
  /** When this thread last gave up looking. */
  #gaveUp = 0;

  /** @param mayLook false where there are fewer cores than threads: a thread that looks would take the core of one that works */
  constructor(words: Int32Array, mayLook: boolean) {
    this.#words = words;
    this.#mayLook = mayLook;
  }

  /** Whether a word was seen to differ from an old value. If not, the thread should sleep. */
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
