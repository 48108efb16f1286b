import type { Mutant } from './mutant.ts';

/** Bugs that would show the errors of an old text. */
export const typescript: readonly Mutant[] = [
  {
    name: 'typescript-changes-are-lost',
    file: 'kinds/typescript/checking/requests.ts',
    from: 'isHeld ? changes.slice(status.competence.seen) : []',
    to: 'isHeld ? [] : changes',
    breaks: 'A warm server never hears of a change on the disk.',
    catchers: ['tests/kinds/typescript/kind.test.ts'],
  },
  {
    name: 'typescript-closed-text-stays',
    file: 'kinds/typescript/checking/session.ts',
    from: '    for (const path of Object.keys(this.#texts)) if (texts[path] === undefined) server.setText(path, undefined);\n',
    to: '',
    breaks: 'The text of a file that the editor has closed counts for ever.',
    catchers: ['tests/kinds/typescript/kind.test.ts'],
  },
];
