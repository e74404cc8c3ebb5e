// What every contender trains, described so that all of them understand it. A job is a safetensors file, which JavaScript and Python read
// alike: initial values and data are tensors, the description is JSON in the metadata.
import { readSafetensors } from '@convoy/formats';
import type { Shape, Tensor } from '@convoy/tensor';

/** A layer as the peers see it. */
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
  /** `planes` is the shape (C, H, W) of an input that must be flattened first. */
  | { readonly kind: 'dense'; readonly units: number; readonly planes?: readonly [number, number, number] }
  /**
   * The output of `layers` plus their input. Where the shape changes, the input is subsampled by `strides`, and gets `zeros` channels of
   * zeros on both sides of its channels.
   */
  | {
      readonly kind: 'residual';
      readonly strides: number;
      readonly zeros: number;
      readonly layers: readonly PeerLayer[];
    };

export type PeerLayerOf<Kind extends PeerLayer['kind']> = Extract<PeerLayer, { readonly kind: Kind }>;

/** All of a job that is not a tensor. */
export interface JobDescription {
  readonly workload: string;
  readonly layers: readonly PeerLayer[];
  /** 'classes': softmax cross-entropy. 'values': half the sum of the squared errors. Both are means over the batch. */
  readonly targets: 'classes' | 'values';
  /** Of stochastic gradient descent: v = momentum · v + g, w = w − learningRate · v. */
  readonly learningRate: number;
  readonly momentum: number;
}

export interface Job extends JobDescription {
  readonly batchSize: number;
  /** Initial values in the order of the layers: kernel and bias, or scale and offset. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** (samples, C, H, W) */
  readonly inputs: Tensor;
  /** Classes (samples), or values (samples, values) */
  readonly labels: Tensor;
}

/** The number of classes of every classifier. */
export const CLASSES = 10;

/** The names of the data in the file of a job, next to the parameters, and of the description in its metadata. */
export const INPUTS = 'inputs';
export const LABELS = 'labels';
export const DESCRIPTION = 'description';

/** @param shared whether the tensors are stored in shared memory */
export async function readJob(path: string, batchSize: number, shared = false): Promise<Job> {
  const { tensors, metadata } = await readSafetensors(path, { shared });
  const [inputs, labels] = [tensors.get(INPUTS), tensors.get(LABELS)];
  if (!inputs || !labels) throw new Error(`${path} has no '${INPUTS}' or no '${LABELS}'.`);
  tensors.delete(INPUTS);
  tensors.delete(LABELS);
  const description: JobDescription = JSON.parse(metadata[DESCRIPTION] ?? '{}');
  return { ...description, batchSize, parameters: tensors, inputs, labels };
}

/** Returns the parameters one by one, in their order. @throws Error if a parameter has another shape than the layer expects */
export function parameterSource({ parameters }: Job): (shape: Shape) => Tensor {
  const rest = parameters.entries();
  return (shape) => {
    const { value } = rest.next();
    if (value && value[1].shape.join() === shape.join()) return value[1];
    const found = value ? `${value[0]} has (${value[1].shape.join(', ')})` : 'there is no parameter left';
    throw new Error(`A layer expects a parameter of shape (${shape.join(', ')}), but ${found}.`);
  };
}

/** The number of batches in the data. */
export const batchesOf = ({ inputs, batchSize }: Job): number => Math.floor((inputs.shape[0] as number) / batchSize);

/** Calls `make` with the inputs and labels of each batch. */
export function eachBatch<T>(job: Job, make: (inputs: Float32Array, labels: Float32Array) => T): readonly T[] {
  const { inputs, labels, batchSize } = job;
  const rows = ({ data, shape }: Tensor, batch: number): Float32Array => {
    const size = (data.length / (shape[0] as number)) * batchSize;
    return data.subarray(batch * size, (batch + 1) * size);
  };
  return Array.from({ length: batchesOf(job) }, (_, batch) => make(rows(inputs, batch), rows(labels, batch)));
}

/** The targets of a batch as rows (N, outputs): one-hot classes, or values. */
export function targetRows({ batchSize, targets }: Job, labels: Float32Array) {
  const data = targets === 'classes' ? oneHot(labels) : labels;
  return { data, shape: [batchSize, data.length / batchSize] as const };
}

/** (labels, classes): a one in the place of each label. */
export function oneHot(labels: Float32Array): Float32Array {
  const rows = new Float32Array(labels.length * CLASSES);
  for (const [i, label] of labels.entries()) rows[i * CLASSES + label] = 1;
  return rows;
}
