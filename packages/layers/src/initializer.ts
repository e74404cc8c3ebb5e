// How parameters start: plain descriptions, and the numbers they stand for.
import { ConvoyError, describeValue, finiteNumber, RandomStream, type Shape, sizeOf } from '@convoy/tensor';

/** Where a layer's numbers come from before training. */
export type Initializer =
  | { readonly type: 'constant'; readonly value: number }
  | { readonly type: 'uniform'; readonly scale: number; readonly fan: Fan }
  | { readonly type: 'normal'; readonly scale: number; readonly fan: Fan };

const TYPES: readonly Initializer['type'][] = ['constant', 'uniform', 'normal'];

/** Which count of connections divides the variance. */
type Fan = 'in' | 'average';

/** All zeros. */
export const zerosInitializer = (): Initializer => ({ type: 'constant', value: 0 });

/** The same number everywhere. @throws ConvoyError CONVOY_INVALID_OPTION unless it is finite. */
export const constantInitializer = (value: number): Initializer => ({
  type: 'constant',
  value: finiteNumber('value', value),
});

/** Uniform with variance 2 / (fanIn + fanOut). X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010. */
export const glorotUniform = (): Initializer => ({ type: 'uniform', scale: 1, fan: 'average' });

/** Normal with variance 2 / (fanIn + fanOut). Source as `glorotUniform`. */
export const glorotNormal = (): Initializer => ({ type: 'normal', scale: 1, fan: 'average' });

/** Uniform with variance 2 / fanIn. K. He and others, "Delving deep into rectifiers", 2015. */
export const heUniform = (): Initializer => ({ type: 'uniform', scale: 2, fan: 'in' });

/** Normal with variance 2 / fanIn. Source as `heUniform`. */
export const heNormal = (): Initializer => ({ type: 'normal', scale: 2, fan: 'in' });

/** The initializer given as an option, or the default. @throws ConvoyError CONVOY_INVALID_OPTION */
export function checkedInitializer(
  option: string,
  given: Initializer | undefined,
  byDefault: Initializer,
): Initializer {
  if (given === undefined) return byDefault;
  if (TYPES.includes(given?.type)) return given;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${option}: ${describeValue(given)}`,
    expected: 'an initializer, such as what heNormal() returns',
    mend: `Call the function that describes it, for example ${option}: heNormal().`,
  });
}

/**
 * The initial numbers of a parameter. Each is a function of the seed, the parameter's name in the model and its own place.
 */
export function initialValues(
  initializer: Initializer,
  parameter: { readonly name: string; readonly shape: Shape; readonly fanIn: number; readonly fanOut: number },
  seed: number,
): Float32Array {
  const values = new Float32Array(sizeOf(parameter.shape));
  if (initializer.type === 'constant') return values.fill(initializer.value);
  const { fanIn, fanOut } = parameter;
  const fan = initializer.fan === 'in' ? fanIn : (fanIn + fanOut) / 2;
  const deviation = Math.sqrt(initializer.scale / fan);
  const random = new RandomStream(seed, `initialize ${parameter.name}`);
  // A uniform distribution over ±limit has the variance limit² / 3.
  const limit = Math.sqrt(3) * deviation;
  for (let i = 0; i < values.length; i++) {
    values[i] = initializer.type === 'normal' ? random.normal(i) * deviation : (2 * random.uniform(i) - 1) * limit;
  }
  return values;
}
