// The module that the threads of decoders run: reads the rows of samples ahead of their use, in the order in which workers need them.
import type { OpenReader, RowReader } from '@convoy/datasets';
import { isError } from '@convoy/tensor/builtins';
import { ConvoyError, describeValue } from '@convoy/tensor/errors';
import { orderOf } from '../shared/order.ts';
import { ownSequence, Ring, type RingPlace } from '../shared/ring.ts';
import type { DecoderEnd, DecoderSetup } from './decoder-messages.ts';

type Place = RingPlace & { readonly generation: number };

/** Starts to decode, and returns at once: the end comes through the port. */
export function startDecoder(setup: DecoderSetup): void {
  // Piscina first gets the result of this task.
  setImmediate(async () => {
    const end = await decode(setup).then(
      (): DecoderEnd => ({ kind: 'done' }),
      (error): DecoderEnd => ({ kind: 'failed', error: asConvoyError(error, setup).toJSON() }),
    );
    setup.port.postMessage(end);
    setup.port.close();
  });
}

async function decode(setup: DecoderSetup): Promise<void> {
  const reader = await openReader(setup);
  try {
    await new Decoder(setup, reader).run();
  } finally {
    await reader.close?.();
  }
}

async function openReader({ source }: DecoderSetup): Promise<RowReader> {
  const { openReader: open } = (await import(source.module)) as { readonly openReader?: OpenReader };
  if (typeof open === 'function') return open(source.options);
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `the module ${source.module} of a data set, which exports no function openReader`,
    expected: 'a module that exports openReader',
    fix: 'Export function openReader(options), which returns { read(row, into) }.',
  });
}

class Decoder {
  readonly #setup: DecoderSetup;
  readonly #reader: RowReader;
  readonly #ring: Ring;
  /** The order of an epoch. */
  #epoch = -1;
  #order = orderOf(1, false, 0, 0);

  constructor(setup: DecoderSetup, reader: RowReader) {
    this.#setup = setup;
    this.#reader = reader;
    this.#ring = new Ring(setup.ring);
  }

  /** Reads until the ring is stopped, or each sample was read once. */
  async run(): Promise<void> {
    const ring = this.#ring;
    while (!ring.isStopped) {
      const { place } = ring;
      if (place && (await this.#readFrom(place))) return;
    }
  }

  /** Reads on from a place until the main thread moves to another one. Returns whether all samples were read that are read once. */
  async #readFrom(place: Place): Promise<boolean> {
    const { length, decoder, decoders, once } = this.#setup;
    const ring = this.#ring;
    const { capacity } = ring.layout;
    this.#epoch = -1;
    let sequence = ownSequence(place.sequence, decoder, decoders, capacity);
    for (;;) {
      const { wakeCount } = ring;
      if (ring.isStopped || ring.generation !== place.generation) return false;
      const distance = place.position + ((sequence - place.sequence) | 0);
      if (once && distance >= length) return true;
      if (!ring.isFree(sequence)) {
        ring.sleep(wakeCount);
        continue;
      }
      if (!ring.isFilled(sequence)) await this.#read(place, distance, sequence);
      sequence = ownSequence((sequence + 1) | 0, decoder, decoders, capacity);
    }
  }

  /** @param distance from the start of the place's epoch, in samples */
  async #read(place: Place, distance: number, sequence: number): Promise<void> {
    const { source, length, beats } = this.#setup;
    const sample = this.#orderOf(place, Math.floor(distance / length)).at(distance % length);
    Atomics.add(beats, 0, 1);
    await this.#reader.read(source.rows?.[sample] ?? sample, this.#ring.row(this.#ring.slotOf(sequence)));
    Atomics.add(beats, 0, 1);
    this.#ring.fill(sequence);
  }

  /** @param epochs epochs after that of the place */
  #orderOf({ epoch, shuffle }: Place, epochs: number) {
    if (this.#epoch !== epoch + epochs) {
      this.#epoch = epoch + epochs;
      this.#order = orderOf(this.#setup.length, shuffle, this.#setup.seed, this.#epoch);
    }
    return this.#order;
  }
}

function asConvoyError(error: unknown, { source }: DecoderSetup): ConvoyError {
  if (error instanceof ConvoyError) return error;
  return new ConvoyError('CONVOY_INVALID_DATA', {
    given: `a sample that could not be read: ${isError(error) ? `${error.name}: ${error.message}` : describeValue(error)}`,
    expected: `every sample to be read by ${source.module}`,
    fix: 'See the cause. Correct the file, or remove it from the data set.',
    cause: error,
  });
}
