// Models whose layers form a directed acyclic graph: with branches, layers that are used several times, and several outputs.
import { ConvoyError, formatShape, type Shape } from '@convoy/tensor';
import { checkOptions, functionOf } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { checkedDefinitionOf, type Layer, type ParameterSpec } from '../layer.ts';
import { MODEL_INPUT, type Model, type ModelLayer, type ModelOptions, modelOptionChecks } from './model.ts';
import { placeLayer } from './placed-layer.ts';

/** A value in a graph while it is built: the model's input, or the output of a layer. */
export interface GraphNode {
  /** The shape of one sample. */
  readonly shape: Shape;
  /**
   * Applies layers to this value, one after the other. @returns the output of the last layer
   * @throws ConvoyError CONVOY_SHAPE_MISMATCH, naming the layer and the shapes; CONVOY_INVALID_OPTION; CONVOY_UNKNOWN_NAME
   */
  to(...layers: readonly Layer[]): GraphNode;
  /** Applies a merge layer, such as `add()`, to this value and others. @returns its output @throws ConvoyError as `to` */
  merge(layer: Layer, ...others: readonly GraphNode[]): GraphNode;
}

/**
 * A model that is any directed acyclic graph of layers.
 *
 * The same layer can be used several times. Each use has its own parameters, unless the layer is a `shared(layer)`, whose uses have the same ones.
 *
 * @param write gets the model's input, and returns its output, or a list of its outputs
 * @throws ConvoyError CONVOY_INVALID_SHAPE, CONVOY_SHAPE_MISMATCH (naming the layer and the shapes), CONVOY_INVALID_OPTION (two layers of the
 * same name, no layer, an output of another graph), CONVOY_UNKNOWN_NAME, CONVOY_LAYER_FAILED
 * @example
 * graph({ input: [3, 32, 32] }, (image) => {
 *   const stem = image.to(conv2d({ filters: 16, kernelSize: 3, padding: 'same' }), relu());
 *   return stem.to(conv2d({ filters: 16, kernelSize: 3, padding: 'same' })).merge(add(), stem);
 * });
 */
export function graph(options: ModelOptions, write: (input: GraphNode) => GraphNode | readonly GraphNode[]): Model {
  const { input } = checkOptions('graph', options, modelOptionChecks);
  functionOf()('write', write);
  const writer = new GraphWriter(input);
  const written = write(writer.input);
  return writer.model(Array.isArray(written) ? (written as readonly GraphNode[]) : [written as GraphNode]);
}

/**
 * A layer whose uses in a model all have the same parameters. The parameters have the name of the first use.
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_UNKNOWN_NAME
 * @example const tower = shared(dense({ units: 4 })); graph({ input: [4] }, (x) => x.to(tower).merge(add(), x.to(tanh(), tower)))
 */
export function shared(layer: Layer): Layer {
  checkedDefinitionOf(layer);
  return Object.freeze({ ...layer, shared: true });
}

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
    const definition = checkedDefinitionOf(layer);
    if (Object.isFrozen(this.#layers)) throw finished(layer);
    const owner = layer.shared ? this.#owners.get(layer) : undefined;
    const name = this.#names.take(layer, owner?.name);
    const from = nodes.map((node) => this.#numberOf(node));
    const inputs = nodes.map(({ shape }) => shape);
    const arity = definition.arity ?? [1, 1];
    if (inputs.length < arity[0] || inputs.length > arity[1]) throw wrongCount(name, inputs.length, arity);
    const placed = placeLayer(name, layer, inputs);
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
      expected: 'the input of this graph, or the output of one of its layers',
      fix: 'Use the values that input.to(…) and value.merge(…) return inside the function.',
    });
  }
}

/** The names of layers: as given, or else their type with a number: conv2d_1, conv2d_2, … */
class LayerNames {
  readonly #counts = new Map<string, number>();
  readonly #used = new Set<string>();

  /** @param owner the name of the first use of a shared layer; later uses are called tower@2, tower@3, … */
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
      expected: 'a different name for each layer',
      fix: 'Change the name option of one of them, or use shared(layer) for layers with the same parameters.',
    });
  }
}

const noOutput = (given: string) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given,
    expected: 'at least one layer, and outputs of layers as outputs of the model',
    fix: 'Return input.to(…) with a layer, such as dense({ units: 10 }).',
  });

const finished = (layer: Layer) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${describeValue(layer.type)} for a value of a model that is already complete`,
    expected: 'layers that are added inside the function that is passed to graph',
    fix: 'Build another model with the layer in it.',
  });

const unused = (name: string) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `layer '${name}', whose output nothing uses`,
    expected: 'only layers that an output of the model depends on',
    fix: 'Pass it to another layer, return it as an output, or leave it out.',
  });

const wrongCount = (name: string, given: number, [fewest, most]: readonly [number, number]) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `to layer '${name}' ${given} ${given === 1 ? 'input' : 'inputs'}`,
    expected: fewest === most ? `${fewest}` : `at least ${fewest}`,
    fix: 'Use value.merge(layer, ...others) for merge layers, and value.to(layer) for layers with one input.',
  });

function assertSameParameters(name: string, needed: readonly ParameterSpec[], owner: ModelLayer): void {
  const shapes = (specs: readonly ParameterSpec[]) => specs.map(({ shape }) => formatShape(shape)).join(', ');
  if (shapes(needed) === shapes(owner.parameters)) return;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `to layer '${name}' parameters of '${owner.name}', ${shapes(owner.parameters)}`,
    expected: `${shapes(needed)}, which its input needs`,
    fix: 'Share a layer only between inputs that need parameters of the same shapes.',
  });
}
