// A model for any data: one dense layer.
import { dense, flatten, type Model, sequential } from '@convoy/layers';
import type { Shape } from '@convoy/tensor';

export const model = ({ input, classes = 1 }: { readonly input: Shape; readonly classes?: number }): Model =>
  sequential({ input }, [flatten(), dense({ units: classes })]);
