// `convoy doctor` in processes that cannot train: it reports what is missing, and never dies of it. The command is the
// built one, because without WebAssembly Node cannot load TypeScript.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { start, temporaryDirectory } from './convoy.ts';

const COMMAND = fileURLToPath(new URL('../dist/main.js', import.meta.url));
/** Node 26, which the project installs. */
const NODE = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url));
const READ = '--allow-fs-read=*';

/** Runs the command with options of Node. */
const doctor = (nodeOptions: readonly string[], prefix: readonly string[] = []) =>
  start([...prefix, NODE, ...nodeOptions, COMMAND, 'doctor', '--json']).ended;

/** With a limit of the shell. */
const limited = (limit: string, ...nodeOptions: readonly string[]) =>
  doctor(nodeOptions, ['sh', '-c', `ulimit ${limit}; exec "$@"`, 'sh']);

const found = ({ stdout }: { readonly stdout: string }) => JSON.parse(stdout);

describe('convoy doctor', () => {
  it('reports that there is no WebAssembly', async () => {
    const ended = await doctor(['--jitless']);
    expect(ended.code).toBe(1);
    expect(found(ended)).toMatchObject({
      ...{ ready: false, webAssembly: false, simd: false, sharedMemory: { available: false } },
      training: { available: false },
      advice: 'Convoy cannot train here: this process has no WebAssembly. Start Node without --jitless.',
    });
  });

  it.each([
    ['nor processes', []],
    ['but processes', ['--allow-child-process']],
  ])('reports that no threads are allowed, %s', async (_, options) => {
    const ended = await doctor(['--permission', READ, ...options]);
    expect(ended.code).toBe(1);
    expect(found(ended)).toMatchObject({
      ...{ ready: false, webAssembly: true, simd: true, sharedMemory: { available: true } },
      threads: { available: false, obstacle: expect.stringContaining('--allow-worker') },
      advice: expect.stringMatching(/^Convoy cannot train here: no worker threads: .*--allow-worker/),
    });
  });

  it('reports that its own files cannot be read', async () => {
    const { code, stdout, stderr } = await doctor(['--permission']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: Given files .+; expected files .+ pass --allow-fs-read=\*, .+\n$/);
  });

  it.skipIf(process.platform !== 'linux')('survives a limit of virtual memory that ends a process', async () => {
    const ended = await limited('-v 1500000');
    expect(ended.code).toBe(1);
    expect(found(ended)).toMatchObject({ ready: false, advice: expect.stringContaining('ulimit -v') });
  });

  it('survives a heap that is too small', async () => {
    const ended = await doctor(['--max-old-space-size=12']);
    expect(ended.code).toBe(1);
    expect(found(ended)).toMatchObject({
      ready: false,
      advice: expect.stringMatching(
        /^Convoy cannot train here: a process that .+ died \(SIG.+heap out of memory\)\. The/,
      ),
    });
  });

  it.skipIf(process.platform !== 'linux')('works on one core', async () => {
    const ended = await doctor([], ['taskset', '-c', '0']);
    expect(ended.code).toBe(0);
    expect(found(ended)).toMatchObject({ ready: true, cores: 1, training: { available: true } });
  });
});

describe('convoy train', () => {
  const root = temporaryDirectory();

  it('names what is missing', async () => {
    const training = ['train', 'lenet5', '--data', 'mnist', '--out', root];
    const { code, stderr } = await start([NODE, '--jitless', COMMAND, ...training]).ended;
    expect(stderr).toMatch(/^error: Given a process without WebAssembly; .+ \(CONVOY_WEBASSEMBLY_UNAVAILABLE\)\n$/m);
    expect(code).toBe(1);
  });
});

describe('a version of Node that is too old', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

  it.each(['18.20.8', '20.18.3'])('such as %s is reported before anything is loaded', async (version) => {
    // Only the number differs, which a program sets that runs first.
    const pretend = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
    expect(await doctor(['--import', pretend])).toEqual({
      code: 1,
      stdout: '',
      stderr: `error: Given Node ${version}; expected Node ${engines.node.slice(2)} or later. Install a newer version of Node.\n`,
    });
  });
});
