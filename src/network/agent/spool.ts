/** Files of one folder, each a text under a key, written so that a power cut leaves all of it or nothing. */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Texts by key; what was put is there after a crash. */
export type Texts = Pick<Spool, 'keys' | 'read' | 'put' | 'remove'>;

export class Spool {
  readonly folder: string;
  #count = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  async open(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
  }

  /** Keys in no order; what is still being written is not among them. */
  async keys(): Promise<string[]> {
    return (await readdir(this.folder)).filter((name) => !name.startsWith('.'));
  }

  async read(key: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.folder, key), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** On disk when it resolves. */
  async put(key: string, text: string): Promise<void> {
    if (!/^[\w-][\w.-]{0,250}$/.test(key)) throw new RangeError(`${JSON.stringify(key)} is no plain file name`);
    const aside = join(this.folder, `.${key}.${this.#count++}`);
    await using file = await open(aside, 'w', 0o600);
    await file.writeFile(text);
    await file.sync();
    await rename(aside, join(this.folder, key));
    await using folder = await open(this.folder, 'r');
    await folder.sync();
  }

  async remove(key: string): Promise<void> {
    await rm(join(this.folder, key), { force: true });
  }
}
