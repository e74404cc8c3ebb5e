// Where parameters lie: parameters that the optimizer treats alike lie side by side, so that one kernel updates each group.
import { type Shape, sizeOf } from '@convoy/tensor';
import type { Model } from '../graph/model.ts';
import { type ParameterSpec, type Treatment, USUAL_TREATMENT } from '../layer.ts';
import { CACHE_LINE, type PlanParameter, roundUp } from '../runtime/plan.ts';

const FLOATS_PER_LINE = CACHE_LINE / 4;

/** Parameters with the same update, and the floats they take, a multiple of 16. */
export interface ParameterGroup {
  readonly treatment: Treatment;
  /** Set for running statistics. */
  readonly movingAverage: number | undefined;
  readonly first: number;
  readonly last: number;
}

export interface StateLayout {
  /** In the order of the model. */
  readonly parameters: readonly PlanParameter[];
  readonly groups: readonly ParameterGroup[];
  readonly floats: number;
  /** The first floats, which belong to trained parameters. */
  readonly trainedFloats: number;
  /** The names of the parameters that the optimizer leaves as they are. */
  readonly frozen: ReadonlySet<string>;
}

interface Entry {
  readonly spec: ParameterSpec;
  readonly treatment: Treatment;
}

/** Trained parameters first, then frozen ones, then running statistics; each starts on a cache line. */
export function layOutState(model: Model): StateLayout {
  const entries = model.layers.flatMap(({ layer, parameters }) =>
    parameters.map((spec): Entry => ({ spec, treatment: treatmentOf(spec, layer.treatment ?? USUAL_TREATMENT) })),
  );
  const byGroup = new Map<string, Entry[]>();
  for (const entry of entries.toSorted((a, b) => rank(a) - rank(b))) {
    const group = JSON.stringify([entry.treatment, entry.spec.movingAverage]);
    const members = byGroup.get(group);
    if (members) members.push(entry);
    else byGroup.set(group, [entry]);
  }
  const offsets = new Map<string, number>();
  let floats = 0;
  const groups = [...byGroup.values()].map((members): ParameterGroup => {
    const first = floats;
    for (const { spec } of members) {
      offsets.set(spec.name, floats);
      floats += roundUp(sizeOf(spec.shape), FLOATS_PER_LINE);
    }
    const [{ treatment, spec }] = members as [Entry];
    return { treatment, movingAverage: spec.movingAverage, first, last: floats };
  });
  // A model without parameters still has a state: one empty line.
  if (floats === 0) {
    floats = FLOATS_PER_LINE;
    groups.push({ treatment: USUAL_TREATMENT, movingAverage: undefined, first: 0, last: floats });
  }
  const trainedFloats = groups.findLast(isTrained)?.last ?? 0;
  const place = (name: string, shape: Shape): PlanParameter => {
    const offset = offsets.get(name) as number;
    return { name, shape, offset, isTrained: offset < trainedFloats };
  };
  return {
    parameters: entries.map(({ spec }) => place(spec.name, spec.shape)),
    groups,
    floats,
    trainedFloats,
    frozen: new Set(entries.filter(({ treatment }) => treatment.frozen).map(({ spec }) => spec.name)),
  };
}

export const isTrained = ({ treatment, movingAverage }: ParameterGroup): boolean =>
  !treatment.frozen && movingAverage === undefined;

/** Learning rate and decay have no effect on frozen parameters and running statistics. */
const treatmentOf = ({ movingAverage }: ParameterSpec, treatment: Treatment): Treatment =>
  treatment.frozen || movingAverage !== undefined ? { ...USUAL_TREATMENT, frozen: treatment.frozen } : treatment;

function rank({ spec, treatment }: Entry): number {
  if (spec.movingAverage !== undefined) return 2;
  return treatment.frozen ? 1 : 0;
}
