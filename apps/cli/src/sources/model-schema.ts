// What a value must consist of to be a model. A module may export anything.
import { z } from 'zod';

/** Of one sample, such as [1, 28, 28]. */
const shape = z.array(z.int().positive());
const layerNumber = z.int().nonnegative();

/** The properties that Convoy reads without a check of its own; values may have others. */
const schema = z.looseObject({
  input: shape.min(1),
  layers: z
    .array(
      z.looseObject({
        name: z.string(),
        layer: z.looseObject({ type: z.string(), settings: z.looseObject({}) }),
        from: z.array(z.int().min(-1)),
        inputs: z.array(shape),
        output: shape,
        parameters: z.array(z.looseObject({ name: z.string(), shape: z.array(layerNumber) })),
        owner: z.string(),
      }),
    )
    .min(1),
  outputs: z.array(layerNumber).min(1),
  output: shape,
});

/** The place of the first thing in the value that a model cannot have, such as `layers[0].name`; undefined for a model. */
export function faultOfModel(value: unknown): string | undefined {
  const { data, error } = schema.safeParse(value);
  if (data === undefined) return placeOf(error.issues[0]?.path ?? []);
  const { layers, outputs } = data;
  const late = layers.findIndex(({ from }, number) => from.some((source) => source >= number));
  if (late >= 0) return `layers[${late}].from`;
  const absent = outputs.findIndex((number) => number >= layers.length);
  return absent >= 0 ? `outputs[${absent}]` : undefined;
}

/** `layers[0].name` */
const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`)).join('');
