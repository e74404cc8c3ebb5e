// Models whose layers form a graph without cycles: branches that part and meet again, layers that are used twice, several outputs.
import { ConvoyError, formatShape, type Shape } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { definitionOf, type Layer, type ParameterSpec } from '../layer.ts';
import { inLayer } from './layer-errors.ts';
import { checkedInput, MODEL_INPUT, type Model, type ModelLayer } from './model.ts';

/** A value in a graph while it is written down: the model's input, or what a layer makes. */
export interface GraphNode {
  /** The shape of one sample. */
  readonly shape: Shape;
  /**
   * This value through some layers, one after the other.
   * @throws ConvoyError CONVOY_SHAPE_MISMATCH, naming the layer and the shapes; CONVOY_INVALID_OPTION; CONVOY_UNKNOWN_NAME
   */
  to(...layers: readonly Layer[]): GraphNode;
  /** This value and others as the inputs of one layer, such as `add()`. Throws as `to`. */
  merge(layer: Layer, ...others: readonly GraphNode[]): GraphNode;
}

/**
 * A model of any directed acyclic graph. `write` is given the input and returns the output, or a list of outputs:
 *
 * `graph({ input: [3, 32, 32] }, (image) => { const stem = image.to(conv2d(…), relu()); return stem.to(conv2d(…)).merge(add(), stem); })`
 *
 * The same layer can be used in several places. By default each use has parameters of its own; those of a `shared(layer)` are one.
 *
 * @throws ConvoyError CONVOY_INVALID_SHAPE, CONVOY_SHAPE_MISMATCH (naming the layer and the shapes), CONVOY_INVALID_OPTION (two layers of the
 * same name, no layer, an output of another graph), CONVOY_UNKNOWN_NAME, CONVOY_LAYER_FAILED.
 */
export function graph(
  { input }: { readonly input: Shape },
  write: (input: GraphNode) => GraphNode | readonly GraphNode[],
): Model {
  const writer = new GraphWriter(checkedInput(input));
  const written = write(writer.input);
  return writer.model(Array.isArray(written) ? (written as readonly GraphNode[]) : [written as GraphNode]);
}

/** The layer with one set of parameters for all its uses in a model; they have the name of the first use. */
export const shared = (layer: Layer): Layer => Object.freeze({ ...layer, shared: true });

class GraphWriter {
  readonly input: GraphNode;
  readonly #layers: ModelLayer[] = [];
  readonly #numbers = new Map<GraphNode, number>();
  readonly #names = new LayerNames();
  /** The first use of each shared layer, with the shapes of its inputs. */
  readonly #owners = new Map<Layer, ModelLayer>();

  constructor(input: Shape) {
    this.input = this.#node(MODEL_INPUT, input);
  }

  model(outputs: readonly GraphNode[]): Model {
    const numbers = outputs.map((output) => this.#numberOf(output));
    const [first] = outputs;
    if (!first || numbers.includes(MODEL_INPUT)) {
      throw noOutput(`${outputs.length} outputs${first ? ', among them the input' : ''}`);
    }
    const used = new Set([...numbers, ...this.#layers.flatMap(({ from }) => from)]);
    for (const [number, { name }] of this.#layers.entries()) if (!used.has(number)) throw unused(name);
    return Object.freeze({
      input: this.input.shape,
      layers: Object.freeze(this.#layers),
      outputs: Object.freeze(numbers),
      output: first.shape,
    });
  }

  #node(number: number, shape: Shape): GraphNode {
    const node: GraphNode = Object.freeze({
      shape,
      to: (...layers: readonly Layer[]) => layers.reduce((from: GraphNode, layer) => this.#add(layer, [from]), node),
      merge: (layer: Layer, ...others: readonly GraphNode[]) => this.#add(layer, [node, ...others]),
    });
    this.#numbers.set(node, number);
    return node;
  }

  #add(layer: Layer, nodes: readonly GraphNode[]): GraphNode {
    if (Object.isFrozen(this.#layers)) throw finished(layer);
    const definition = definitionOf(layer);
    const owner = layer.shared ? this.#owners.get(layer) : undefined;
    const name = this.#names.take(layer, owner?.name);
    const from = nodes.map((node) => this.#numberOf(node));
    const inputs = nodes.map(({ shape }) => shape);
    const arity = definition.arity ?? [1, 1];
    if (inputs.length < arity[0] || inputs.length > arity[1]) throw wrongCount(name, inputs.length, arity);
    const placed = inLayer(name, () => {
      const output = Object.freeze([...definition.outputShape(layer.settings, inputs)]);
      const parameters = definition.parameters?.(layer.settings, inputs) ?? [];
      return { output, parameters: parameters.map((spec) => ({ ...spec, name: `${name}.${spec.name}` })) };
    });
    if (owner) assertSameParameters(name, placed.parameters, owner);
    const modelLayer: ModelLayer = Object.freeze({
      name,
      layer,
      from: Object.freeze(from),
      inputs: Object.freeze(inputs),
      output: placed.output,
      parameters: owner ? [] : placed.parameters,
      owner: owner?.name ?? name,
    });
    if (layer.shared && !owner) this.#owners.set(layer, modelLayer);
    return this.#node(this.#layers.push(modelLayer) - 1, placed.output);
  }

  #numberOf(node: GraphNode): number {
    const number = this.#numbers.get(node);
    if (number !== undefined) return number;
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `${describeValue(node)} in a graph`,
      expected: 'the input of this graph, or what a layer in it made',
      fix: 'Take the values that input.to(…) and value.merge(…) return inside of the function.',
    });
  }
}

/** The given names, and for layers without one their type with a number: conv2d_1, conv2d_2, … */
class LayerNames {
  readonly #counts = new Map<string, number>();
  readonly #used = new Set<string>();

  /** @param owner the first use of a shared layer, whose later uses are numbered behind its name: tower@2, tower@3, … */
  take(layer: Layer, owner: string | undefined): string {
    const series = owner ?? layer.type;
    const count = (this.#counts.get(series) ?? (owner ? 1 : 0)) + 1;
    this.#counts.set(series, count);
    const name = owner ? `${owner}@${count}` : (layer.name ?? `${layer.type}_${count}`);
    if (!this.#used.has(name)) {
      this.#used.add(name);
      return name;
    }
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `two layers of the name '${name}'`,
      expected: 'a name for each layer alone',
      fix: 'Change the name option of one of them, or use shared(layer) if they are to have the same parameters.',
    });
  }
}

const noOutput = (given: string) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given,
    expected: 'at least one layer, and as output what layers make',
    fix: 'Return input.to(…) with a layer, such as dense({ units: 10 }).',
  });

const finished = (layer: Layer) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${describeValue(layer?.type)} for a value of a model that is made already`,
    expected: 'layers that are added inside of the function that graph is given',
    fix: 'Make another model with the layer in it.',
  });

const unused = (name: string) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `layer '${name}', whose output nothing uses`,
    expected: 'layers that an output of the model depends on',
    fix: 'Feed it to another layer, return it among the outputs, or leave it out.',
  });

const wrongCount = (name: string, given: number, [fewest, most]: readonly [number, number]) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `to layer '${name}' ${given} ${given === 1 ? 'input' : 'inputs'}`,
    expected: fewest === most ? `${fewest}` : `at least ${fewest}`,
    fix: 'Use value.merge(layer, ...others) for layers of several inputs, and value.to(layer) for those of one.',
  });

function assertSameParameters(name: string, needed: readonly ParameterSpec[], owner: ModelLayer): void {
  const shapes = (specs: readonly ParameterSpec[]) => specs.map(({ shape }) => formatShape(shape)).join(', ');
  if (shapes(needed) === shapes(owner.parameters)) return;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `to layer '${name}' parameters of '${owner.name}', ${shapes(owner.parameters)}`,
    expected: `${shapes(needed)}, as its input asks for`,
    fix: 'Share a layer among inputs that make for the same parameters.',
  });
}
