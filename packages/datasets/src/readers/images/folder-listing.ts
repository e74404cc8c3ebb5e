// The files of an image folder: which there are, and of which class each is.
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ConvoyError } from '@convoy/tensor';
import { fileError } from '@convoy/tensor/errors';

/** A part of an image folder, with its classes in folders of their own. */
export interface FolderPart {
  /** The names of the classes, sorted. */
  readonly classNames: readonly string[];
  /** Paths relative to the root, sorted by class and name. */
  readonly paths: readonly string[];
  /** The class of each path. */
  readonly labels: readonly number[];
}

export type PartName = 'train' | 'validation' | 'test';

const partNames: Readonly<Record<string, PartName>> = {
  train: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
};

/** Files that operating systems leave in folders; names that begin with a dot are ignored as well. */
const LEFT_BEHIND = ['Thumbs.db', 'desktop.ini'];

/**
 * Lists `root/class/*`, or `root/{train,val,test}/class/*`. Names are sorted by their UTF-16 code units, so the order is the same on every file system.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE; CONVOY_FILE_FORMAT for a folder of another structure
 */
export async function listImageFolder(root: string): Promise<ReadonlyMap<PartName, FolderPart>> {
  const folders = await foldersIn(root, '');
  const isSplit = folders.length > 0 && folders.every((name) => Object.hasOwn(partNames, name));
  if (!isSplit) return new Map([['train', await listPart(root, '', folders)]]);
  const parts = new Map<PartName, FolderPart>();
  for (const folder of folders) {
    const name = partNames[folder] as PartName;
    if (parts.has(name)) throw wrongFolder(root, `with two folders for the part ${name}`, 'one folder for each part');
    parts.set(name, await listPart(root, folder, await foldersIn(root, folder)));
  }
  return withEqualClasses(root, parts);
}

async function listPart(root: string, part: string, classNames: readonly string[]): Promise<FolderPart> {
  const where = part === '' ? root : join(root, part);
  if (classNames.length === 0) throw wrongFolder(where, 'without folders', 'a folder for each class, with its images');
  const paths: string[] = [];
  const labels: number[] = [];
  for (const [label, name] of classNames.entries()) {
    const folder = join(part, name);
    const files = await entriesIn(root, folder);
    if (files.length === 0) throw wrongFolder(join(root, folder), 'without files', 'at least one image of each class');
    for (const file of files) {
      paths.push(join(folder, file));
      labels.push(label);
    }
  }
  return { classNames, paths, labels };
}

/** The parts know the classes by the same numbers. */
function withEqualClasses(root: string, parts: Map<PartName, FolderPart>): Map<PartName, FolderPart> {
  const train = parts.get('train');
  if (!train) throw wrongFolder(root, 'without the folder train', 'the folder train beside val and test');
  for (const [name, { classNames }] of parts) {
    const other = [...classNames, ...train.classNames].find(
      (each) => classNames.includes(each) !== train.classNames.includes(each),
    );
    if (other !== undefined) {
      const given = `whose parts train and ${name} differ in the class ${JSON.stringify(other)}`;
      throw wrongFolder(root, given, 'the same classes in all parts');
    }
  }
  return parts;
}

async function foldersIn(root: string, folder: string): Promise<readonly string[]> {
  const path = join(root, folder);
  const names = await entriesIn(root, folder);
  const kinds = await Promise.all(names.map(async (name) => (await statOf(join(path, name))).isDirectory()));
  return names.filter((_, i) => kinds[i]);
}

/** The names in a folder, sorted, without those that are hidden. */
async function entriesIn(root: string, folder: string): Promise<readonly string[]> {
  const path = join(root, folder);
  const entries = await readdir(path, { withFileTypes: true }).catch((cause) =>
    Promise.reject(fileError('read', path, cause)),
  );
  const shown = entries.filter(({ name }) => !name.startsWith('.') && !LEFT_BEHIND.includes(name));
  for (const entry of shown) if (entry.isSymbolicLink()) await assertInside(root, join(path, entry.name));
  return shown.map(({ name }) => name).sort();
}

async function assertInside(root: string, link: string): Promise<void> {
  const [from, to] = await Promise.all([realpath(root), realpath(link)]).catch((cause) =>
    Promise.reject(fileError('read', link, cause)),
  );
  const path = relative(from as string, to as string);
  if (path !== '..' && !path.startsWith(`..${sep}`)) return;
  throw wrongFolder(link, 'which is a link to a place outside of the folder', 'links to files of the folder');
}

const statOf = (path: string) => stat(path).catch((cause) => Promise.reject(fileError('read', path, cause)));

const wrongFolder = (path: string, given: string, expected: string) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the folder ${JSON.stringify(path)} ${given}`,
    expected,
    fix: 'Arrange the images as folder/class/image.png, or as folder/train/class/image.png and folder/test/class/image.png.',
  });
