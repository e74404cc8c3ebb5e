// The memory of a ring.
import { createSharedBuffer } from '@convoy/tensor/memory';
import { type RingLayout, ringBytes, rowBytesOf } from '../shared/ring.ts';

/**
 * Memory for a ring, all zeros.
 * @throws ConvoyError CONVOY_OUT_OF_MEMORY
 */
export function createRing(form: Omit<RingLayout, 'buffer'>): RingLayout {
  const buffer = createSharedBuffer({
    what: 'a ring of decoded samples',
    bytes: ringBytes(form.capacity, form.rows, rowBytesOf(form)),
    fix: 'Lower memoryBudget or batchSize, or take a machine with more memory.',
  });
  return { ...form, buffer };
}
