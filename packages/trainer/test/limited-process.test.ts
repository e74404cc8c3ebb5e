// Processes in which WebAssembly is missing, or has no address space: the errors say so, and do not blame the memory.
import { describe, expect, it } from 'vitest';
import type { LimitedReport } from './programs/limited-process.ts';
import { reportOf } from './run-program.ts';
import { strippedSources } from './stripped-sources.ts';

const program = new URL('programs/limited-process.ts', import.meta.url);
const stripped = strippedSources(program, new URL('small-cases.ts', import.meta.url));

describe('a process', () => {
  it('without WebAssembly says what is missing', async () => {
    const report = await reportOf<LimitedReport>(program, { nodeOptions: ['--jitless', ...stripped] });
    expect(Object.keys(report)).toEqual(['trainer', 'learner', 'operation', 'large memory']);
    for (const { code, message } of Object.values(report)) {
      expect(code).toBe('CONVOY_WEBASSEMBLY_UNAVAILABLE');
      expect(message).toContain('Given a process without WebAssembly; ');
      expect(message).toContain('--jitless');
    }
  });

  it.runIf(process.platform === 'linux')('without address space says how to get it', async () => {
    const report = await reportOf<LimitedReport>(program, { nodeOptions: stripped, arguments: [String(2 ** 32)] });
    expect(Object.keys(report)).toEqual(['trainer', 'learner', 'operation', 'large memory']);
    for (const { code, message, cause } of Object.values(report)) {
      expect(code).toBe('CONVOY_WEBASSEMBLY_UNAVAILABLE');
      expect(message).toMatch(/address space .*ulimit -v unlimited/);
      expect(cause).toBe('RangeError');
    }
  });
});
