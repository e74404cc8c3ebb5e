// Parameters that start with a variance for which activations and gradients neither grow nor shrink from layer to layer.
import type { NoOptions } from '@convoy/tensor/definitions';
import { defineInitializer, type InitializedParameter, type Initializer } from '../initializer.ts';

type Variance = (parameter: InitializedParameter) => number;

/** X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010. */
const glorot: Variance = ({ fanIn, fanOut }) => 2 / (fanIn + fanOut);

/** K. He and others, "Delving deep into rectifiers", 2015. */
const he: Variance = ({ fanIn }) => 2 / fanIn;

function defineUniform(type: string, variance: Variance): (options?: NoOptions) => Initializer {
  return defineInitializer<NoOptions, object>({
    type,
    settings: (check) => check({}),
    fill(_, values, parameter, random) {
      const uniform = random(0);
      // A uniform distribution over ±limit has the variance limit² / 3.
      const limit = Math.sqrt(3) * Math.sqrt(variance(parameter));
      for (let i = 0; i < values.length; i++) values[i] = (2 * uniform.uniform(i) - 1) * limit;
    },
  });
}

function defineNormal(type: string, variance: Variance): (options?: NoOptions) => Initializer {
  return defineInitializer<NoOptions, object>({
    type,
    settings: (check) => check({}),
    fill(_, values, parameter, random) {
      const normal = random(0);
      const deviation = Math.sqrt(variance(parameter));
      for (let i = 0; i < values.length; i++) values[i] = normal.normal(i) * deviation;
    },
  });
}

/**
 * Uniform with mean 0 and variance 2 / (fanIn + fanOut): the default of kernels.
 * X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.
 */
export const glorotUniform = defineUniform('glorotUniform', glorot);

/** Normal with mean 0 and variance 2 / (fanIn + fanOut). Same source as `glorotUniform`. */
export const glorotNormal = defineNormal('glorotNormal', glorot);

/** Uniform with mean 0 and variance 2 / fanIn, for layers before a ReLU. K. He and others, "Delving deep into rectifiers", 2015. */
export const heUniform = defineUniform('heUniform', he);

/** Normal with mean 0 and variance 2 / fanIn, for layers before a ReLU. Same source as `heUniform`. */
export const heNormal = defineNormal('heNormal', he);
