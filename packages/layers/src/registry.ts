// Definitions by type: a model holds plain descriptions, and a registry has the definitions that give them meaning.
import { ConvoyError } from '@convoy/tensor';

export class Registry<Definition extends { readonly type: string }> {
  readonly #kind: string;
  readonly #definitions = new Map<string, Definition>();

  /** @param kind the kind of the definitions, for messages: 'layer', 'loss', … */
  constructor(kind: string) {
    this.#kind = kind;
  }

  add(definition: Definition): void {
    this.#definitions.set(definition.type, definition);
  }

  /** Whether the type of a description is registered. */
  has(description: { readonly type: string }): boolean {
    return this.#definitions.has(description?.type);
  }

  /** The definition of a description. @throws ConvoyError CONVOY_UNKNOWN_NAME */
  get(description: { readonly type: string }): Definition {
    const definition = this.#definitions.get(description?.type);
    if (definition) return definition;
    throw new ConvoyError('CONVOY_UNKNOWN_NAME', {
      given: `a ${this.#kind} of type ${JSON.stringify(description?.type)}`,
      expected: `one of ${[...this.#definitions.keys()].join(', ')}`,
      fix: `Call the function that describes the ${this.#kind}, and import the module that defines it.`,
    });
  }
}
