// The code in README.md and docs runs as it is printed there.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { PICTURES } from '../scripts/pictures/pictures.ts';
import { exportsOf, layerExportsFrom, packages } from './exports.ts';

const root = new URL('../', import.meta.url);

/** The TypeScript blocks of a page. */
function codeOf(page: string): readonly string[] {
  const text = readFileSync(new URL(page, root), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code as string);
}

/** Runs code as a module in its own process, in the folder `test`, where every package can be imported. */
function run(code: string, environment: NodeJS.ProcessEnv = {}) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--conditions=@convoy/source', '--input-type=module-typescript'],
    {
      cwd: fileURLToPath(new URL('test/', root)),
      env: { ...process.env, ...environment },
      input: code,
      encoding: 'utf8',
      timeout: 120_000,
    },
  );
  return { stdout, stderr, status };
}

/** Comments behind console.log are the lines that it prints. */
function expectPrinted(code: string, folder: string): void {
  const printed = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => `${line}\n`).join('');
  expect(printed).not.toBe('');
  const ran = run(`process.chdir(${JSON.stringify(folder)});\n${code}`);
  expect(ran).toEqual({ status: 0, stderr: '', stdout: printed });
}

describe('links', () => {
  const inFolder = (folder: string) => readdirSync(new URL(folder, root)).map((name) => folder + name);
  const pages = ['README.md', 'bench/README.md', ...inFolder('docs/'), ...inFolder('docs/decisions/')];

  it.each(pages.filter((page) => page.endsWith('.md')))('of %s lead to files', (page) => {
    const url = new URL(page, root);
    const links = [...readFileSync(url, 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
      ([, link]) => link as string,
    );
    expect(links.filter((link) => !existsSync(new URL(link, url)))).toEqual([]);
  });
});

describe('README.md', () => {
  it('has one example, of at most 20 lines', () => {
    const examples = codeOf('README.md');
    expect(examples).toHaveLength(1);
    expect(examples[0]?.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  });

  it('has an example that trains LeNet-5', { timeout: 150_000 }, () => {
    const { stdout, stderr, status } = run(codeOf('README.md')[0] as string);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const accuracy = Number(/accuracy: ([\d.]+)/.exec(stdout)?.[1]);
    expect(accuracy).toBeGreaterThan(0.97);
    expect(stdout).toMatch(/\d+ samples\/s/);
  });
});

describe('docs/training.md', () => {
  it('has an example that trains, and that continues when it is run again', { timeout: 150_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'convoy-'));
    try {
      const [example] = codeOf('docs/training.md');
      const first = run(example as string, { RUN_DIRECTORY: folder });
      expect(first).toMatchObject({ status: 0, stderr: '' });
      expect(first.stdout).toMatch(/^1 .*^2 .*^3 /ms);
      expect(readdirSync(folder)).toContain('step-000000750.safetensors');
      // All epochs have been trained, so the output is that of the first run.
      const again = run(example as string, { RUN_DIRECTORY: folder });
      expect(again).toEqual(first);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('docs/models.md', () => {
  const examples = codeOf('docs/models.md');
  const outputOf = (number: number) => {
    const { stdout, stderr, status } = run(examples[number] as string);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  };

  it('has a residual network', () => {
    const summary = outputOf(0);
    expect(summary).toMatch(/^add_2 .*\[8, 14, 14\] +0 +0$/m);
    expect(summary).toMatch(/^total .* 6,430 /m);
  });

  it('has a model of two outputs that learns', () => expect(outputOf(1)).toBe('true\n'));

  it('has a model that is fine-tuned with another head', () => {
    const names = ['edges', 'features', 'head of 3'].flatMap((layer) => [`${layer}.kernel`, `${layer}.bias`]);
    expect(outputOf(2)).toBe(`${names.join(', ')}\n`);
    expect(examples).toHaveLength(3);
  });
});

describe('docs/data.md', () => {
  // The files that its examples read, with the golden files of which they are made.
  const golden = (name: string) => fileURLToPath(new URL(`packages/datasets/test/golden/${name}`, root));
  const files = {
    'cifar10.npz': golden('keras.npz'),
    'blood.npz': golden('medical.npz'),
    'images.npy': golden('images.npy'),
    'labels.npy': golden('labels.npy'),
    'iris.csv': golden('iris.csv'),
    'pixels.csv': golden('pixels.csv'),
    'cifar-10-batches-bin': golden('cifar-10'),
    'cifar-100-binary': golden('cifar-100'),
    'letters-images.gz': golden('letters-images.gz'),
    'letters-labels': golden('letters-labels'),
    'photos-000.tar': golden('photos-gnu.tar'),
    'photos-001.tar': golden('photos-pax.tar'),
    'train.parquet': golden('hub.parquet'),
    'birds.csv': golden('images.csv'),
    images: golden('images'),
  };
  const folder = mkdtempSync(join(tmpdir(), 'convoy-'));
  for (const [name, path] of Object.entries(files)) symlinkSync(path, join(folder, name));
  for (const name of ['cat', 'dog']) {
    mkdirSync(join(folder, 'photos', name), { recursive: true });
    for (let i = 0; i < 10; i++) copyFileSync(golden('images/rgb.jpg'), join(folder, 'photos', name, `${i}.jpg`));
  }
  afterAll(() => rmSync(folder, { recursive: true }));

  const examples = codeOf('docs/data.md').map((code) => [/\bawait (\w+)\(/.exec(code)?.[1], code] as const);

  it.each(examples)('has an example of %s that prints what its comments say', (_, code) => {
    expectPrinted(code, folder);
  });
});

describe('docs/data-shaping.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(codeOf('docs/data-shaping.md'))('has an example that prints what its comments say: %#', (code) => {
    expectPrinted(code, folder);
  });
});

describe('docs/layers.md', () => {
  const page = readFileSync(new URL('docs/layers.md', root), 'utf8');

  /** The functions in the first column of the table of a section. */
  const listedIn = (section: string) => {
    const [, text = ''] = page.split(`\n## ${section}\n`);
    return [...(text.split('\n## ')[0] as string).matchAll(/^\| `(\w+)\(/gm)].map(([, name]) => name as string);
  };

  it.each([
    ['All layers', 'layers'],
    ['Losses', 'losses'],
    ['Initializers', 'initializers'],
  ])('lists under %s what the package exports', (section, folder) => {
    const exported = layerExportsFrom(folder);
    expect(exported.length).toBeGreaterThan(4);
    expect(listedIn(section).toSorted()).toEqual(exported.toSorted());
  });

  it('has a layer that computes', () => {
    const examples = codeOf('docs/layers.md');
    expect(examples).toHaveLength(1);
    expect(run(examples[0] as string)).toEqual({ stdout: '[ [ 1, 4, 9 ] ]\n', stderr: '', status: 0 });
  });

  it('shows everything that a layer adds, unchanged', () => {
    const [, diff = ''] = /^```diff\n(.*?)^```/ms.exec(page) ?? [];
    const [nothing, ...files] = diff.split(/^--- .*\n\+\+\+ /m);
    expect([nothing, files.length]).toEqual(['', 3]);
    for (const [name, ...added] of files.map((file) => file.trimEnd().split('\n'))) {
      const lines = readFileSync(new URL(name as string, root), 'utf8').split('\n');
      for (const line of added) expect(lines).toContain(line.replace(/^\+/, ''));
      if (name?.endsWith('silu.ts')) expect(added.map((line) => line.slice(1))).toEqual(lines.slice(0, -1));
    }
  });
});

describe('docs/augmentation.md', () => {
  const page = readFileSync(new URL('docs/augmentation.md', root), 'utf8');
  const examples = codeOf('docs/augmentation.md');

  it('lists what the package exports', () => {
    const [, text = ''] = /^## All augmentations$(.*?)^## /ms.exec(page) ?? [];
    const listed = [...text.matchAll(/^\| `(\w+)\(/gm)].map(([, name]) => name as string);
    const exported = exportsOf('datasets', './augment').filter(
      ({ isType, module, name }) =>
        !isType && /\/augment\/(operations|mixing)\//.test(module.pathname) && !['Mixer', 'isMix'].includes(name),
    );
    expect(exported.length).toBeGreaterThan(20);
    expect([...new Set(listed)].toSorted()).toEqual(exported.map(({ name }) => name));
  });

  it.each([
    ['9 9 9 2 1 9\n9 9 9 3 2 1\n9 9 9 9 3 2\n', 0],
    ['0 100 255\n255 155 0\n255 155 0\n255 155 0\n', 1],
  ])('has examples that run', (stdout, number) => {
    expect(run(examples[number] as string)).toEqual({ stdout, stderr: '', status: 0 });
    expect(examples).toHaveLength(2);
  });
});

describe('docs/kernels.md', () => {
  it('has a kernel that computes what its comment says', () => {
    const [example] = codeOf('docs/kernels.md');
    const { stdout, stderr, status } = run(`${example}
      import { encodeModule } from '@convoy/kernels';
      const { bytes, exportNames } = encodeModule([scaledSum(2, 3)], { shared: true });
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
      const floats = new Float32Array(memory.buffer);
      for (let i = 0; i < 48; i++) { floats[i] = i; floats[48 + i] = 1000; }
      (exports[exportNames[0]] as (x: number, y: number, a: number) => void)(0, 48 * 4, 2);
      console.log(floats.slice(48, 97).every((y, i) => y === (i < 48 ? 1000 + 2 * i : 0)));
    `);
    expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: '', stdout: 'true\n' });
  });
});

describe('docs/architecture.md', () => {
  const page = readFileSync(new URL('docs/architecture.md', root), 'utf8');

  it('has an arrow for every import between packages', () => {
    const [, diagram = ''] = /^```mermaid\n(.*?)^```/ms.exec(page) ?? [];
    const arrows = [...diagram.matchAll(/^ *(\w+)(?:\["[^"]*"\])? --> (\w+)/gm)].map(
      ([, from, to]) => `${from} → ${to}`,
    );
    const imports = packages().flatMap((name) => {
      const manifest = JSON.parse(readFileSync(new URL(`packages/${name}/package.json`, root), 'utf8'));
      const own = Object.keys(manifest.dependencies ?? {}).filter((dependency) => dependency.startsWith('@convoy/'));
      return own.map((dependency) => `${name} → ${dependency.replace('@convoy/', '')}`);
    });
    expect(arrows.filter((arrow) => !arrow.startsWith('users')).toSorted()).toEqual(imports.toSorted());
  });

  it.each(Object.entries(PICTURES))('shows %s.svg as `npm run pictures` draws it', (name, draw) => {
    const path = `pictures/${name}.svg`;
    expect(page).toContain(`](${path})`);
    expect(readFileSync(new URL(`docs/${path}`, root), 'utf8')).toBe(draw());
  });
});
