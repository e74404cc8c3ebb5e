// The order in which a step's work is done, and what of it is done block by block.
import type { Part } from '../runtime/plan.ts';
import type { CompiledOperation } from './layer-contexts.ts';
import type { EncodedCall, EncodedExchange, EncodedWork } from './work-encoder.ts';

/** What a piece of work belongs to. */
interface Belonging {
  readonly layer: string;
  readonly part: Part;
}

export type PartCall = EncodedCall & Belonging;
type PartExchange = Omit<EncodedExchange, 'combine'> & Belonging & { readonly combine: readonly PartCall[] };

/** Calls for one block. */
interface Stage {
  readonly part: Part;
  /** For the first block of a shard, whose gradients overwrite, and for the others, whose are added. */
  readonly first: readonly PartCall[];
  readonly later: readonly PartCall[];
}

/** Work that is done for each block, then an exchange; the last phase has none. */
export interface Phase {
  readonly stages: readonly Stage[];
  readonly exchange: PartExchange | undefined;
}

export interface Program {
  readonly training: readonly Phase[];
  readonly inference: readonly PartCall[];
  /**
   * All calls for one block in an order in which what they keep in memory can be followed, with the numbers of their phases, and how many are
   * of the forward part. Inference is within it: it is never in use at the same time as training.
   */
  readonly layoutOrder: readonly PhasedCall[];
  readonly afterForward: number;
}

interface PhasedCall {
  readonly call: PartCall;
  readonly phase: number;
}

/** The same work for the first block of a shard and for the later ones. */
type Pair = readonly [first: PartCall | PartExchange, later: PartCall | PartExchange];

export function programOf(
  compiled: readonly CompiledOperation[],
  scores: readonly PartCall[],
  gatherInput: readonly EncodedCall[],
): Program {
  const belonging = labelling();
  const forward: (PartCall | PartExchange)[] = [];
  const inference: PartCall[] = [];
  const layoutOrder: PhasedCall[] = [];
  let phase = 0;
  const layOut = (works: Iterable<PartCall | PartExchange>) => {
    for (const work of works) {
      for (const call of callsIn(work)) layoutOrder.push({ call, phase });
      if (isExchange(work)) phase++;
    }
  };
  for (const operation of compiled) {
    const { name } = operation.operation.layer;
    const trained = operation.forward.map((work) => belonging(work, name, 'forward'));
    const inferred = operation.inference.map((call) => belonging(call, name, 'forward') as PartCall);
    forward.push(...trained);
    inference.push(...inferred);
    layOut(new Set([...trained, ...inferred]));
  }
  const afterForward = layoutOrder.length;
  const backward = compiled.toReversed().flatMap(({ operation, backward }): Pair[] => {
    const label = (works: readonly EncodedWork[]) =>
      works.map((work) => belonging(work, operation.layer.name, 'backward'));
    const later = label(backward.later);
    return label(backward.first).map((work, i) => [work, later[i] as PartCall | PartExchange]);
  });
  const input = gatherInput.map((call) => belonging(call, 'input', 'backward'));
  const behind = [...scores.map(twice), ...backward, ...input.map(twice)];
  layOut(behind.map(([work]) => work));
  return { training: phasesOf([...forward.map(twice), ...behind]), inference, layoutOrder, afterForward };
}

const twice = (work: PartCall | PartExchange): Pair => [work, work];

/** Labels work, the same call always with the same result, so that one kernel is made for it. */
function labelling() {
  const labelled = new Map<EncodedWork, PartCall | PartExchange>();
  return function belonging(work: EncodedWork, layer: string, part: Part): PartCall | PartExchange {
    const known = labelled.get(work);
    if (known) return known;
    const made = isExchange(work)
      ? { ...work, layer, part, combine: work.combine.map((call) => belonging(call, layer, part) as PartCall) }
      : { ...work, layer: work.layer ?? layer, part };
    labelled.set(work, made);
    return made;
  };
}

const callsIn = (work: PartCall | PartExchange): readonly PartCall[] => (isExchange(work) ? work.combine : [work]);

function phasesOf(pairs: readonly Pair[]): readonly Phase[] {
  const phases: Phase[] = [];
  let stages: { part: Part; first: PartCall[]; later: PartCall[] }[] = [];
  for (const [first, later] of pairs) {
    if (isExchange(first)) {
      phases.push({ stages, exchange: first });
      stages = [];
      continue;
    }
    let stage = stages.at(-1);
    if (stage?.part !== first.part) {
      stage = { part: first.part, first: [], later: [] };
      stages.push(stage);
    }
    stage.first.push(first);
    stage.later.push(later as PartCall);
  }
  return [...phases, { stages, exchange: undefined }];
}

/** Narrows labelled work as well. */
function isExchange<E extends { readonly combine: readonly unknown[] }>(work: object | E): work is E {
  return 'combine' in work;
}
