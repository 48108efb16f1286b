/** The languages in which a first kind is written. */
export type Language = 'js' | 'ts';

/** The endings of a language's modules: `js` or `mjs`, `ts` or `mts`. */
export type Ending = Language | `m${Language}`;

/** Returns the text of a first kind. */
export function kindIn(language: Language, ending: Ending): string {
  const of = (type: string) => (language === 'ts' ? type : '');
  return `// kind.${ending}: counts words in files. A worker keeps the counts of the last file that it has read.
import { readFileSync } from 'node:fs';
${of(`import type { Kind } from 'statepool';

interface Question {
  file: string;
  word: string;
}

interface Types {
  task: Question;
  request: Question;
  response: number;
}
`)}
// A worker keeps these between its tasks.
let file${of(': string | undefined')};
let counts = new Map${of('<string, number>')}();

${of('const kind: Kind<Types> =') || 'export default'} {
  name: 'words',
  url: import.meta.url,
  // In your program: a task goes first to the worker that has read its file.
  affinity: (task) => task.file,
  affinityMode: 'prefer',
  // In your program: what the worker gets.
  requestOfTask: (status, task) => task,
  // In the worker: the work. A slow part, such as the start of a compiler, runs once for many tasks.
  perform(question) {
    if (file !== question.file) {
      counts = countsOf(readFileSync(new URL(question.file, import.meta.url), 'utf8'));
      file = question.file;
    }
    return counts.get(question.word) ?? 0;
  },
};
${of('\nexport default kind;\n')}
function countsOf(text${of(': string')})${of(': Map<string, number>')} {
  const found = new Map${of('<string, number>')}();
  for (const word of text.match(/\\w+/g) ?? []) found.set(word, (found.get(word) ?? 0) + 1);
  return found;
}
`;
}

/** Returns the text of a program with a pool of that kind. */
export function programIn(ending: Ending): string {
  const text = ending.endsWith('ts') ? ': string' : '';
  return [
    `// main.${ending}: asks a pool of two workers.`,
    "import { createPool } from 'statepool';",
    `import kind from './kind.${ending}';`,
    '',
    'const pool = createPool(kind, { size: 2 });',
    `const ask = (file${text}, word${text}) => pool.run({ file, word });`,
    'const counts = await Promise.all([',
    `  ask('kind.${ending}', 'task'),`,
    `  ask('main.${ending}', 'ask'),`,
    `  ask('kind.${ending}', 'counts'),`,
    ']);',
    `console.log(\`kind.${ending} has "task" \${counts[0]} times and "counts" \${counts[2]} times\`);`,
    `console.log(\`main.${ending} has "ask" \${counts[1]} times\`);`,
    'await pool.close();',
    '',
  ].join('\n');
}

/** The compiler's settings for these files. */
export const SETTINGS = `{
  "compilerOptions": {
    "target": "es2023",
    "module": "nodenext",
    "types": ["node"],
    "strict": true,
    "noEmit": true,
    "allowImportingTsExtensions": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true
  }
}
`;
