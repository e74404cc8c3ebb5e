// The machine and the versions that the figures were measured with.
import { availableParallelism, cpus } from 'node:os';

export interface Environment {
  readonly node: string;
  readonly v8: string;
  readonly cpu: string;
  /** The number of cores that this process may use. */
  readonly cores: number;
  readonly platform: string;
}

export const environment = (): Environment => ({
  node: process.versions.node,
  v8: process.versions.v8,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  platform: `${process.platform} ${process.arch}`,
});
