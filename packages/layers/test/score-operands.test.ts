// The operands of calls of losses and metrics are checked as those of layers are.
import { cells, kernel, load, multiply, scalars, subtract, sumLanes } from '@convoy/kernels';
import {
  type Call,
  call,
  defineLoss,
  defineMetric,
  dense,
  type Loss,
  type LossContext,
  type Metric,
  meanSquaredError,
  sequential,
  sgd,
} from '@convoy/layers';
import { compilePlan } from '@convoy/layers/compile';
import { describe, expect, test } from 'vitest';
import { expectConvoyError } from './expectations.ts';
import { callOf, FEATURES } from './operand-layer.ts';

/** dy = y − t */
const difference = (count: number) =>
  kernel('difference', { y: cells(count), t: cells(count), dy: cells(count) }, (k, { y, t, dy }) =>
    k.loop('i', 0, count, (i) => k.store(dy(i), subtract(load(y(i)), load(t(i))))),
  );

/** total[0] = the sum of the first cell of y · t */
const count = (numbers: number) =>
  kernel('count', { y: cells(1), t: cells(1), total: scalars(numbers) }, (k, { y, t, total }) =>
    k.storeScalar(total(0), sumLanes(multiply(load(y(0)), load(t(0))))),
  );

type ScoreContext = Omit<LossContext, 'outputGradient'>;

function compileScore({ loss = meanSquaredError(), metrics = [] }: { loss?: Loss; metrics?: readonly Metric[] }): void {
  const model = sequential({ input: [FEATURES] }, [dense({ units: FEATURES })]);
  compilePlan(model, { loss, metrics, optimizer: sgd({ learningRate: 0.1 }) });
}

/** A user's loss with one call. */
const lossWith = (make: (context: LossContext) => Call): Loss =>
  defineLoss({
    type: 'myLoss',
    targets: () => 'values',
    settings: (_: object) => ({}),
    checkOutput: () => {},
    compile: (_settings, context) => [make(context)],
    reference: { loss: () => 0, gradient: () => new Float64Array() },
  })({});

/** A user's metric with one call. */
const metricWith = (make: (context: ScoreContext) => Call): Metric =>
  defineMetric({
    type: 'myMetric',
    name: () => 'mine',
    targets: ['values'],
    settings: (_: object) => ({}),
    checkOutput: () => {},
    compile: (_settings, context) => [make(context)],
  })({});

describe('losses and metrics', () => {
  const faults: readonly { title: string; operands: (context: ScoreContext) => object; given: string; fix: string }[] =
    [
      {
        title: 'a missing operand',
        operands: ({ targets }) => ({ t: targets }),
        given: "lacks the operand 'y'",
        fix: 'Pass y as well.',
      },
      {
        title: 'an unknown operand',
        operands: ({ prediction, targets }) => ({ y: prediction, z: targets }),
        given: "passes an operand 'z'",
        fix: 'Leave the operand out, or correct its name.',
      },
      {
        title: 'an object that is no location',
        operands: () => ({ y: { kind: 'buffer', name: 'y', bytes: 1e6 } }),
        given: "passes an object (Object) as the operand 'y'",
        fix: 'Take locations from the layer context, such as context.x or context.scratch(floats).',
      },
      {
        title: 'an operand that is too small',
        operands: ({ result }) => ({ y: result }),
        given: 'passes 4 bytes (',
        fix: 'Pass a buffer of the shape that the kernel was made for.',
      },
    ];

  test('with the operands of their kernels are compiled', () => {
    const loss = lossWith(({ prediction: y, targets: t, outputGradient: dy }) =>
      call(difference(FEATURES), { y, t, dy }),
    );
    const metric = metricWith(({ prediction: y, targets: t, result: total }) => call(count(1), { y, t, total }));
    compileScore({ loss, metrics: [metric] });
  });

  test.each(faults)('are rejected for $title', ({ operands, given, fix }) => {
    const loss = lossWith((context) =>
      callOf(difference(FEATURES), { t: context.targets, dy: context.outputGradient, ...operands(context) }),
    );
    const metric = metricWith((context) =>
      callOf(count(1), { t: context.targets, total: context.result, ...operands(context) }),
    );
    for (const [compile, layer, kernelName] of [
      [() => compileScore({ loss }), 'loss', 'difference'],
      [() => compileScore({ metrics: [metric] }), 'mine', 'count'],
    ] as const) {
      expectConvoyError(
        compile,
        'CONVOY_LAYER_FAILED',
        `'${layer}', whose call of the kernel '${kernelName}' ${given}`,
      );
      expect(compile).toThrow(fix);
    }
  });

  test('are rejected for a result that is too small', () => {
    const metric = metricWith(({ prediction: y, targets: t, result: total }) => call(count(2), { y, t, total }));
    const given = "layer 'mine', whose call of the kernel 'count' passes 4 bytes (mine) as the operand 'total'";
    expectConvoyError(() => compileScore({ metrics: [metric] }), 'CONVOY_LAYER_FAILED', given);
  });

  test('are rejected for a kernel of a larger output', () => {
    const loss = lossWith(({ prediction: y, targets: t, outputGradient: dy }) =>
      call(difference(FEATURES + 1), { y, t, dy }),
    );
    const given = "passes 192 bytes (dense_1) as the operand 'y'";
    expectConvoyError(() => compileScore({ loss }), 'CONVOY_LAYER_FAILED', given);
  });
});
