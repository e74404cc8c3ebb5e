// What every contender trains, in words that all of them understand. A job lies in a safetensors file, which JavaScript and
// Python read alike: first values and data as tensors, the rest as JSON.
import { readSafetensors } from '@convoy/formats';
import type { Shape, Tensor } from '@convoy/tensor';

/** A layer as peers are told of it. */
export type PeerLayer =
  | {
      readonly kind: 'conv2d';
      readonly filters: number;
      readonly size: number;
      readonly strides: number;
      readonly padding: number;
      readonly bias: boolean;
    }
  | { readonly kind: 'batchNorm' | 'relu' | 'sigmoid' | 'maxPool' | 'globalAvgPool' }
  /** `planes` is the shape (C, H, W) of an input that is no row of numbers yet. */
  | { readonly kind: 'dense'; readonly units: number; readonly planes?: readonly [number, number, number] }
  /** The layers' output plus their input; where the shape changes, plus every other cell of it between channels of zeros. */
  | {
      readonly kind: 'residual';
      readonly strides: number;
      readonly zeros: number;
      readonly layers: readonly PeerLayer[];
    };

export type PeerLayerOf<Kind extends PeerLayer['kind']> = Extract<PeerLayer, { readonly kind: Kind }>;

/** What a peer is told besides numbers. */
export interface Recipe {
  readonly workload: string;
  readonly layers: readonly PeerLayer[];
  /** 'classes': cross-entropy of the softmax. 'values': half the sum of the squared errors. Both are means over the batch. */
  readonly targets: 'classes' | 'values';
  /** Of stochastic gradient descent: v = momentum · v + g, w = w − learningRate · v. */
  readonly learningRate: number;
  readonly momentum: number;
}

export interface Job extends Recipe {
  readonly batchSize: number;
  /** In the order of the layers: kernel and bias, or scale and offset. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** (samples, C, H, W) */
  readonly inputs: Tensor;
  /** (samples) of classes, or (samples, values) */
  readonly labels: Tensor;
}

/** Of every classifier. */
export const CLASSES = 10;

/** The names of what is no parameter in a job's file, and of its JSON. */
export const INPUTS = 'inputs';
export const LABELS = 'labels';
export const RECIPE = 'recipe';

/** @param shared whether the tensors are to lie in shared memory */
export async function readJob(path: string, batchSize: number, shared = false): Promise<Job> {
  const { tensors, metadata } = await readSafetensors(path, { shared });
  const [inputs, labels] = [tensors.get(INPUTS), tensors.get(LABELS)];
  if (!inputs || !labels) throw new Error(`${path} has no '${INPUTS}' or no '${LABELS}'.`);
  tensors.delete(INPUTS);
  tensors.delete(LABELS);
  const recipe: Recipe = JSON.parse(metadata[RECIPE] ?? '{}');
  return { ...recipe, batchSize, parameters: tensors, inputs, labels };
}

/** Hands out the parameters in their order. @throws Error if one has another shape than the layer that asks for it */
export function parameterSource({ parameters }: Job): (shape: Shape) => Tensor {
  const rest = parameters.entries();
  return (shape) => {
    const { value } = rest.next();
    if (value && value[1].shape.join() === shape.join()) return value[1];
    throw new Error(
      `A layer wants (${shape.join(', ')}), but ${value ? `${value[0]} has (${value[1].shape.join(', ')})` : 'there is no parameter left'}.`,
    );
  };
}

/** How many batches the data holds. */
export const batchesOf = ({ inputs, batchSize }: Job): number => Math.floor((inputs.shape[0] as number) / batchSize);

/** What `make` makes of each batch's inputs and labels. */
export function eachBatch<T>(job: Job, make: (inputs: Float32Array, labels: Float32Array) => T): readonly T[] {
  const { inputs, labels, batchSize } = job;
  const rows = ({ data, shape }: Tensor, batch: number): Float32Array => {
    const size = (data.length / (shape[0] as number)) * batchSize;
    return data.subarray(batch * size, (batch + 1) * size);
  };
  return Array.from({ length: batchesOf(job) }, (_, batch) => make(rows(inputs, batch), rows(labels, batch)));
}

/** (labels, classes): a one in the place of each label. */
export function oneHot(labels: Float32Array): Float32Array {
  const rows = new Float32Array(labels.length * CLASSES);
  for (const [i, label] of labels.entries()) rows[i * CLASSES + label] = 1;
  return rows;
}
