// The order in which the work of a step is done, and which of it is done block by block.
import type { Pass } from '../runtime/plan.ts';
import { type EncodedCall, type EncodedExchange, type EncodedWork, isExchange } from './call-encoder.ts';
import type { CompiledOperation } from './layer-contexts.ts';

/** Calls for one block, all of the same pass. */
interface Stage {
  readonly pass: Pass;
  readonly calls: readonly EncodedCall[];
}

/** Work that is done for each block, then an exchange; the last phase has none. */
export interface Phase {
  readonly stages: readonly Stage[];
  readonly exchange: (EncodedExchange & { readonly pass: Pass }) | undefined;
}

export interface Program {
  readonly training: readonly Phase[];
  readonly inference: readonly EncodedCall[];
  /**
   * All calls for one block, with the numbers of their phases, in an order that shows how long each buffer is in use. `afterForward` of them belong
   * to forward. Inference is among these: it never runs at the same time as training.
   */
  readonly layoutOrder: readonly OrderedCall[];
  readonly afterForward: number;
}

/** A call at its place in the order of a step. */
export interface OrderedCall {
  readonly call: EncodedCall;
  readonly pass: Pass;
  readonly phase: number;
}

type PassWork = readonly [pass: Pass, work: EncodedWork];

export function programOf(
  compiled: readonly CompiledOperation[],
  scoring: readonly EncodedCall[],
  collectInput: readonly EncodedCall[],
): Program {
  const layoutOrder: OrderedCall[] = [];
  let phase = 0;
  const layOut = (pass: Pass, works: Iterable<EncodedWork>) => {
    for (const work of works) {
      for (const call of isExchange(work) ? work.combine : [work]) layoutOrder.push({ call, pass, phase });
      if (isExchange(work)) phase++;
    }
  };
  for (const { forward, inference } of compiled) layOut('forward', new Set([...forward, ...inference]));
  const afterForward = layoutOrder.length;
  const forward = compiled.flatMap((operation) => operation.forward);
  const backward = [...compiled.toReversed().flatMap((operation) => operation.backward), ...collectInput];
  layOut('loss', scoring);
  layOut('backward', backward);
  return {
    training: phasesOf([...inPass('forward', forward), ...inPass('loss', scoring), ...inPass('backward', backward)]),
    inference: compiled.flatMap((operation) => operation.inference as readonly EncodedCall[]),
    layoutOrder,
    afterForward,
  };
}

const inPass = (pass: Pass, works: readonly EncodedWork[]): readonly PassWork[] => works.map((work) => [pass, work]);

function phasesOf(works: readonly PassWork[]): readonly Phase[] {
  const phases: Phase[] = [];
  let stages: { pass: Pass; calls: EncodedCall[] }[] = [];
  for (const [pass, work] of works) {
    if (isExchange(work)) {
      phases.push({ stages, exchange: { ...work, pass } });
      stages = [];
      continue;
    }
    const stage = stages.at(-1);
    if (stage?.pass === pass) stage.calls.push(work);
    else stages.push({ pass, calls: [work] });
  }
  return [...phases, { stages, exchange: undefined }];
}
