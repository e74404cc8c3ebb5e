// The WebAssembly back end, both halves. Threads that only run plans load the half in `runtime/wasm-backend.ts`.
import { ModuleEncoder } from '@convoy/kernels';
import type { Backend } from '../runtime/backend.ts';
import { bindWasm } from '../runtime/wasm-backend.ts';

export const webAssembly: Backend = {
  encode: () => new ModuleEncoder({ shared: true }),
  bind: bindWasm,
};
