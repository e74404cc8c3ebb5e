// Random graphs compute what the references of their layers compute: branches, views, activations with one user or several.
import {
  add,
  avgPool2d,
  concat,
  conv2d,
  dense,
  flatten,
  type GraphNode,
  gelu,
  graph,
  type Layer,
  type Model,
  multiply,
  shared,
  sigmoid,
  tanh,
} from '@convoy/layers';
import { sameShape } from '@convoy/tensor';
import fc from 'fast-check';
import { test } from 'vitest';
import { checkModel } from './conformance.ts';
import { initialParameters } from './reference-model.ts';

/** A part of a random graph: which layers to add, and to which of the values so far, counted from the last one. */
interface Addition {
  readonly kind: keyof typeof kinds;
  readonly on: number;
  readonly and: readonly number[];
  readonly filters: number;
}

/** Values of shape [channels, 4, 3]. */
class Growth {
  readonly #values: GraphNode[];
  readonly #used = new Set<GraphNode>();
  readonly #shared = new Map<number, Layer>();

  constructor(input: GraphNode) {
    this.#values = [input];
  }

  add({ kind, on, and, filters }: Addition): void {
    const x = this.#take(on, this.#values);
    const sameShaped = this.#values.filter(({ shape }) => sameShape(shape, x.shape));
    const others = () => and.map((i) => this.#take(i, kind === 'concat' ? this.#values : sameShaped));
    this.#values.push(kinds[kind]({ x, others, filters, shared: this.#shared }));
  }

  /** The values that no layer takes. */
  get ends(): readonly GraphNode[] {
    return this.#values.filter((value) => !this.#used.has(value));
  }

  #take(i: number, values: readonly GraphNode[]): GraphNode {
    const value = values.at(-1 - (i % values.length)) as GraphNode;
    this.#used.add(value);
    return value;
  }
}

interface Growing {
  readonly x: GraphNode;
  readonly others: () => readonly GraphNode[];
  readonly filters: number;
  /** A convolution for each number of channels. */
  readonly shared: Map<number, Layer>;
}

/** Smooth layers: at a kink, float32 and float64 could disagree. */
const kinds = {
  conv2d: ({ x, filters }: Growing) => x.to(conv2d({ filters, kernelSize: 2, padding: 'same' })),
  shared({ x, shared: convolutions }: Growing) {
    const [filters = 1] = x.shape;
    const layer = convolutions.get(filters) ?? shared(conv2d({ filters, kernelSize: 3, padding: 'same' }));
    convolutions.set(filters, layer);
    return x.to(layer);
  },
  sigmoid: ({ x }: Growing) => x.to(sigmoid()),
  tanh: ({ x }: Growing) => x.to(tanh()),
  gelu: ({ x }: Growing) => x.to(gelu()),
  avgPool2d: ({ x }: Growing) => x.to(avgPool2d({ size: 3, strides: 1, padding: 'same' })),
  add: ({ x, others }: Growing) => x.merge(add(), ...others()),
  multiply: ({ x, others }: Growing) => x.merge(multiply(), ...others()),
  concat: ({ x, others }: Growing) => x.merge(concat(), ...others()),
  gate({ x }: Growing) {
    const [filters = 1] = x.shape;
    return x.merge(multiply(), x.to(avgPool2d({ size: [4, 3] }), conv2d({ filters, kernelSize: 1 }), sigmoid()));
  },
};

const additions: fc.Arbitrary<readonly Addition[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])),
    on: fc.nat(3),
    and: fc.array(fc.nat(9), { minLength: 1, maxLength: 2 }),
    filters: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 1, maxLength: 9 },
);

/** All ends are flattened, every second one goes through one more layer, and then all are concatenated. */
const graphOf = (parts: readonly Addition[]): Model =>
  graph({ input: [2, 4, 3] }, (image) => {
    const growth = new Growth(image);
    for (const part of parts) growth.add(part);
    const [first, ...others] = growth.ends.map((end, i) =>
      end.to(flatten(), ...(i % 2 === 0 ? [] : [dense({ units: 2 }), sigmoid()])),
    ) as [GraphNode, ...GraphNode[]];
    const whole = others.length > 0 ? first.merge(concat(), ...others) : first;
    return whole.to(tanh(), dense({ units: 3 }));
  });

test('random graphs compute what the references of their layers compute, one after the other', () => {
  fc.assert(
    fc.property(additions, (parts) => {
      const model = graphOf(parts);
      checkModel(model, model.outputs[0] as number, [11, 3], initialParameters(model, 1));
    }),
    { numRuns: 150 },
  );
});
