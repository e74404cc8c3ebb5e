// Prints the modules that a worker loads, as JSON.
import * as nodeModule from 'node:module';

type Load = (url: string, context: object, next: (url: string, context: object) => object) => object;
// Newer than the Node whose types these are.
const { registerHooks } = nodeModule as unknown as { registerHooks(hooks: { readonly load: Load }): void };

const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});
await import('../../src/worker/worker.ts');
process.stdout.write(JSON.stringify(loaded));
