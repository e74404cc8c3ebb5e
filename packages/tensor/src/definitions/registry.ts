// Definitions by type: a model holds plain descriptions, and a registry has the definitions that give them meaning.

import { isObject } from '../builtins.ts';
import { ConvoyError } from '../errors/errors.ts';
import { describeValue } from '../errors/index.ts';

/** A description, as the functions make it that describe layers, losses and so on. */
interface Description {
  readonly type: string;
  readonly settings: object;
}

export class Registry<Definition extends { readonly type: string }> {
  readonly #kind: string;
  readonly #example: string;
  readonly #definitions = new Map<string, Definition>();

  /**
   * @param kind what the descriptions are, for messages: 'a layer', 'a loss', …
   * @param example how a user describes one: 'relu()'
   */
  constructor(kind: string, example: string) {
    this.#kind = kind;
    this.#example = example;
  }

  add(definition: Definition): void {
    this.#definitions.set(definition.type, definition);
  }

  /**
   * The definition of a description.
   * @param name what messages call the description; default its kind
   * @throws ConvoyError CONVOY_INVALID_OPTION for what is no description, CONVOY_UNKNOWN_NAME for an unknown type
   */
  get(description: Description, name?: string): Definition {
    if (!isDescription(description)) throw this.#noDescription(description, name);
    const definition = this.#definitions.get(description.type);
    if (definition) return definition;
    throw new ConvoyError('CONVOY_UNKNOWN_NAME', {
      given: `${this.#kind} of type ${JSON.stringify(description.type)}`,
      expected: `one of ${[...this.#definitions.keys()].join(', ')}`,
      fix: `Call the function that describes it, such as ${this.#example}, and import the module that defines it.`,
    });
  }

  #noDescription(value: unknown, name: string | undefined): ConvoyError {
    return new ConvoyError('CONVOY_INVALID_OPTION', {
      given: name === undefined ? `${describeValue(value)} as ${this.#kind}` : `${name}: ${describeValue(value)}`,
      expected: `${this.#kind}, such as what ${this.#example} returns`,
      fix:
        typeof value === 'function'
          ? `Call the function: ${this.#example} instead of ${this.#example.replace(/\(.*/, '')}.`
          : `Call the function that describes it, for example ${this.#example}.`,
    });
  }
}

const isDescription = (value: unknown): value is Description =>
  isObject(value) &&
  'type' in value &&
  typeof value.type === 'string' &&
  'settings' in value &&
  isObject(value.settings);
