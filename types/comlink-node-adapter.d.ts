// comlink ships the declarations of its Node adapter beside another file name.
declare module 'comlink/dist/esm/node-adapter.mjs' {
  import type { MessagePort } from 'node:worker_threads';
  import type { Endpoint } from 'comlink';

  // biome-ignore lint/style/noDefaultExport: it is what comlink exports.
  export default function nodeEndpoint(port: MessagePort): Endpoint;
}
