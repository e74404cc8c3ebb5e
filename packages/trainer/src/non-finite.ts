// Finds out where numbers stopped being finite, once a step has been refused for its loss.
import { LANES } from '@convoy/kernels';
import { BlockRunner, instantiateKernels, type Model, type Plan } from '@convoy/layers';
import { ConvoyError, sizeOf } from '@convoy/tensor';
import type { Order } from './shared/order.ts';
import type { WorkerData } from './shared/segment.ts';
import type { TrainingMemory } from './training-memory.ts';
import { SampleReader } from './worker/sample-reader.ts';

const FLOAT_BYTES = 4;

/** A step whose loss is not finite. */
export interface RefusedStep {
  readonly model: Model;
  readonly plan: Plan;
  readonly module: WebAssembly.Module;
  readonly memory: TrainingMemory;
  readonly data: WorkerData;
  /** The positions of its samples in the order of the epoch. */
  readonly first: number;
  readonly samples: number;
  readonly order: Order;
}

/** The error for it, with the layer that first brought up a number that is not finite. Uses the first worker's workspace: none may be running. */
export function notFinite(refused: RefusedStep): ConvoyError {
  const { memory } = refused;
  const where = brokenParameters(memory) ?? brokenLayer(refused) ?? 'in the loss itself';
  return new ConvoyError('CONVOY_NOT_FINITE', {
    given: `a loss that is NaN or infinite in the step after step ${memory.step}: ${where}`,
    expected: 'a finite loss',
    mend: 'Take a smaller learning rate, clip the gradients (globalClipNorm), or look at the data. The parameters are those before that step; stopOnNonFinite: false goes on regardless.',
  });
}

function brokenParameters(memory: TrainingMemory): string | undefined {
  for (const [name, { data }] of memory.parameters())
    if (!data.every(Number.isFinite)) return `'${name}' is not finite`;
  return undefined;
}

function brokenLayer({ model, plan, module, memory, data, first, samples, order }: RefusedStep): string | undefined {
  const [workspace] = memory.layout.workspaces as [number];
  const runner = new BlockRunner(plan, instantiateKernels(module, plan.exportNames, memory.memory), workspace);
  const reader = new SampleReader(data, plan, memory.memory, workspace);
  const floats = new Float32Array(memory.memory.buffer);
  const outputs = new Map(model.layers.map(({ name, output }) => [name, sizeOf(output) * LANES]));
  runner.use(memory.stateAddress, memory.layout.gradients, memory.layout.statistics);
  for (let position = first; position < first + samples; position += LANES) {
    for (let lane = 0; lane < LANES; lane++) {
      if (position + lane >= first + samples) reader.clear(lane);
      else reader.read(lane, order.at(position + lane), 0);
    }
    reader.finish();
    let found: string | undefined;
    runner.forwardEach((call) => {
      const { layer, arguments: places } = plan.forward[call] as Plan['forward'][number];
      const at = (workspace + (places.at(-1)?.offset ?? 0)) / FLOAT_BYTES;
      if (!found && !floats.subarray(at, at + (outputs.get(layer) ?? 0)).every(Number.isFinite)) found = layer;
    });
    if (found) return `the output of '${found}' is not finite`;
  }
  return undefined;
}
