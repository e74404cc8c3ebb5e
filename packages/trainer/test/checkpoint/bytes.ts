// Snapshots as the bytes of their files, in memory.
import { decodeParts } from '../../../formats/src/safetensors.ts';
import { decodeSnapshot, encodeSnapshot } from '../../src/checkpoint/encoding.ts';
import type { TrainingSnapshot } from '../../src/checkpoint/snapshot.ts';

export const toBytes = (snapshot: TrainingSnapshot): Uint8Array => concat(encodeSnapshot(snapshot));

export const fromBytes = (bytes: Uint8Array, source: string): TrainingSnapshot =>
  decodeSnapshot(decodeParts(bytes, source), source);

export const throughBytes = (snapshot: TrainingSnapshot): TrainingSnapshot => fromBytes(toBytes(snapshot), 'a test');

export const concat = (pieces: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(pieces));
