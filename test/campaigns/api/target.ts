// What the campaign calls: a function of Convoy with valid arguments.
export interface Target {
  /** The function, as a user writes it: `conv2d`, `trainer.fit`. */
  readonly name: string;
  /** New valid arguments for each call, with every option. */
  arguments(): readonly unknown[];
  call(...given: readonly unknown[]): unknown;
  /** Does with the result what a user does next. It may fail with a `ConvoyError`. */
  use?(result: unknown): unknown;
}

// A function is called with whatever the campaign makes of its arguments, so its parameters have no types here.
type AnyFunction = (...given: never[]) => unknown;
type AnyClass = new (...given: never[]) => unknown;

/** A target for a function. */
export const target = (
  name: string,
  call: AnyFunction,
  valid: () => readonly unknown[],
  use?: (result: unknown) => unknown,
): Target => ({
  name,
  arguments: valid,
  call: (...given) => call(...(given as never[])),
  ...(use && { use }),
});

/** An exported function by its name. */
export const exportOf = (exported: object, name: string): AnyFunction => Reflect.get(exported, name);

/** Makes an instance of a class. */
export const constructorOf =
  (type: AnyClass): AnyFunction =>
  (...given) =>
    Reflect.construct(type, given);

/** Calls a method of an object that is made for the call. */
export const methodOf =
  (make: () => object | Promise<object>, name: string): AnyFunction =>
  async (...given) => {
    const object = await make();
    return exportOf(object, name).apply(object, given);
  };
