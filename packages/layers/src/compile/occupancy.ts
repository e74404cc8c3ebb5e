// Which bytes are in use when. A segment tree over time, so that the answer takes few steps for any number of buffers.

/** The bytes from `start` to `end` − 1. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export class Occupancy {
  readonly #first: number;
  readonly #last: number;
  /** In use at all times of this node. */
  #throughout: readonly Span[] = [];
  /** In use at some time of this node. */
  #sometimes: readonly Span[] = [];
  #halves: readonly [Occupancy, Occupancy] | undefined;

  /** @param first the first and the last time, whole numbers */
  constructor(first: number, last: number) {
    this.#first = first;
    this.#last = last;
  }

  /** Marks bytes as in use from time `first` to time `last`. */
  occupy(first: number, last: number, span: Span): void {
    if (last < this.#first || this.#last < first) return;
    this.#sometimes = union(this.#sometimes, span);
    if (first <= this.#first && this.#last <= last) {
      this.#throughout = union(this.#throughout, span);
      return;
    }
    const middle = Math.floor((this.#first + this.#last) / 2);
    this.#halves ??= [new Occupancy(this.#first, middle), new Occupancy(middle + 1, this.#last)];
    for (const half of this.#halves) half.occupy(first, last, span);
  }

  /** The bytes that are in use at some time from `first` to `last`, by their start; spans may overlap. */
  during(first: number, last: number): readonly Span[] {
    return [...this.#spans(first, last)].sort((a, b) => a.start - b.start);
  }

  *#spans(first: number, last: number): Iterable<Span> {
    if (last < this.#first || this.#last < first) return;
    if (first <= this.#first && this.#last <= last) {
      yield* this.#sometimes;
      return;
    }
    yield* this.#throughout;
    for (const half of this.#halves ?? []) yield* half.#spans(first, last);
  }
}

/** The spans and another one, by their start; spans that touch become one. */
function union(spans: readonly Span[], { start, end }: Span): readonly Span[] {
  if (start === end) return spans;
  const before = spans.filter((other) => other.end < start);
  const after = spans.filter((other) => end < other.start);
  const touching = spans.slice(before.length, spans.length - after.length);
  const whole = {
    start: Math.min(start, touching[0]?.start ?? start),
    end: Math.max(end, touching.at(-1)?.end ?? end),
  };
  return [...before, whole, ...after];
}
