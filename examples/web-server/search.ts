/** A kind whose workers keep the words of a folder: the first question about it reads all files, later ones read none. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kind } from 'statepool';

export interface Question {
  readonly folder: string;
  readonly word: string;
}

export interface SearchTypes {
  task: Question;
  request: Question;
  response: readonly string[];
}

/** In the worker: the folder that it has read, and the files that have each word. */
let read: string | undefined;
let files = new Map<string, Set<string>>();

const search: Kind<SearchTypes> = {
  name: 'search',
  url: import.meta.url,
  affinity: ({ folder }) => folder,
  affinityMode: 'prefer',
  requestOfTask: (_status, task) => task,
  perform({ folder, word }) {
    if (read !== folder) {
      files = indexOf(folder);
      read = folder;
    }
    return [...(files.get(word.toLowerCase()) ?? [])];
  },
  nameOfTask: ({ folder, word }) => `${word} in ${folder}`,
};

export default search;

function indexOf(folder: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith('.md')))
    for (const word of readFileSync(join(folder, name), 'utf8').toLowerCase().match(/\w+/g) ?? [])
      found.set(word, (found.get(word) ?? new Set()).add(name));
  return found;
}
