// The summary of a model that a command line names.
import { summary } from '@convoy/layers';
import { type DataRequest, loadSplits } from './data-source.ts';
import { findModel } from './model-source.ts';

/**
 * @param data the name or path of the data set that the model is made for
 * @throws ConvoyError as `findModel` and `loadSplits`
 */
export async function summaryOf(model: string, data: string | undefined): Promise<string> {
  const createModel = await findModel(model);
  const parts = data === undefined ? undefined : await loadSplits(requestFor(data));
  return summary(createModel(parts?.train));
}

const requestFor = (data: string): DataRequest => ({
  ...{ data, dataDir: undefined, dataFormat: undefined, imageSize: undefined, channels: undefined },
  labelColumn: 'label',
  skipsBroken: false,
});
