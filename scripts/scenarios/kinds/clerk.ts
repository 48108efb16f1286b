import type { Kind, PerformContext } from '../../../kinds/kind.ts';

/** A letter for a clerk: answered at once, kept until the office releases it, or never finished. */
export interface Letter {
  readonly title: string;
  readonly is: 'easy' | 'waiting' | 'endless';
  readonly pages?: number;
}

/**
 * A message between clerk and office: the clerk names the letter that it began, the office names the letter to answer.
 */
export type ClerkNote = { readonly begun: string } | { readonly release: string };

/** The types of the clerk kind. */
export interface ClerkTypes {
  task: Letter;
  request: Letter;
  response: string;
  competence: number;
  feedback: ClerkNote;
}

interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

const gates = new Map<string, Gate>();

function gateOf(title: string): Gate {
  let gate = gates.get(title);
  if (gate === undefined) {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    gate = { opened, open };
    gates.set(title, gate);
  }
  return gate;
}

/** Answers letters, one at a time. Its workers stay; their competence counts their answers. */
const clerk: Kind<ClerkTypes> = {
  name: 'clerk',
  url: import.meta.url,

  requestOfTask: (_status, letter) => letter,

  useResponse: (status, _letter, answer) => ({
    type: 'stay',
    competence: status.type === 'old' ? status.competence + 1 : 1,
    result: answer,
  }),

  async perform({ title, is }: Letter, context: PerformContext<ClerkNote>): Promise<string> {
    context.feedback({ begun: title });
    // Only a kill ends this loop.
    while (is === 'endless');
    if (is === 'waiting') await gateOf(title).opened;
    return `${title} is answered`;
  },

  receiveFeedback(note: ClerkNote): void {
    if ('release' in note) gateOf(note.release).open();
  },

  nameOfTask: ({ title }) => title,
  viewOfCompetence: (answered) => ({ answered }),
};

export default clerk;
