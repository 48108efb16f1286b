import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'proofs-1.jsonl';
/** The most bytes of a file of entries; a larger one is begun anew by its younger half. */
const LARGEST = 64 << 20;

/** The numbers of a file of entries. */
export interface LinesStats {
  readonly path: string;
  readonly entries: number;
  readonly bytes: number;
  /** The lines that are not believed: cut off, or changed. */
  readonly spoilt: number;
}

/**
 * A file of entries by their keys: a line each, with a hash of the whole line. A line whose hash does not fit is as if
 * it were not there. Several programs may add to one file: a line is written at once.
 */
export class CheckedLines {
  readonly #path: string;
  readonly #folder: string;
  readonly #entries = new Map<string, string>();
  #spoilt = 0;
  #bytes = 0;
  #isReady = false;

  /** Reads the file in a folder. A folder that is not there has no entries. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, FILE);
    let text = '';
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch {}
    this.#bytes = Buffer.byteLength(text);
    for (const line of text.split('\n')) this.#take(line);
  }

  /** The numbers of the file. */
  get stats(): LinesStats {
    return { path: this.#path, entries: this.#entries.size, bytes: this.#bytes, spoilt: this.#spoilt };
  }

  /** Returns the value of a key. */
  get(key: string): unknown {
    const text = this.#entries.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** Adds an entry. @throws the system's error if it cannot be written */
  add(key: string, value: unknown): void {
    const text = JSON.stringify(value);
    if (this.#entries.get(key) === text) return;
    this.#prepare();
    const line = `${sumOf(key, text)} ${key} ${text}\n`;
    appendFileSync(this.#path, line);
    this.#bytes += Buffer.byteLength(line);
    this.#entries.set(key, text);
  }

  /** Removes the file. */
  clear(): void {
    rmSync(this.#path, { force: true });
    this.#entries.clear();
  }

  #take(line: string): void {
    if (line === '') return;
    const [sum, key = ''] = line.split(' ', 2);
    const text = line.slice((sum?.length ?? 0) + key.length + 2);
    if (sum === sumOf(key, text)) this.#entries.set(key, text);
    else this.#spoilt++;
  }

  /** Makes the folder, which no version control should keep, and a smaller file in the place of a too large one. */
  #prepare(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    mkdirSync(this.#folder, { recursive: true });
    const ignore = join(this.#folder, '.gitignore');
    try {
      statSync(ignore);
    } catch {
      writeFileSync(ignore, '*\n');
    }
    // The end of a line that a killed program has cut off.
    if (this.#spoilt > 0) appendFileSync(this.#path, '\n');
    if (this.#bytes <= LARGEST) return;
    const younger = [...this.#entries].slice(this.#entries.size >> 1);
    writeFileSync(this.#path, younger.map(([key, text]) => `${sumOf(key, text)} ${key} ${text}\n`).join(''));
  }
}

function sumOf(key: string, text: string): string {
  return createHash('sha256').update(`${key} ${text}`).digest('base64url');
}
