// The summary of a model that a command line names.
import { summary } from '@convoy/layers';
import { loadDataset } from './datasets.ts';
import { findModel } from './model-source.ts';

/**
 * @param data the name of the data set that the model is made for
 * @throws ConvoyError as `findModel` and `loadDataset`
 */
export async function summaryOf(model: string, data: string | undefined): Promise<string> {
  const createModel = await findModel(model);
  const parts = data === undefined ? undefined : await loadDataset(data, undefined);
  return summary(createModel(parts?.train));
}
