import type { Kind, PerformContext } from '../../../kinds/kind.ts';

/** What a clerk is given: a letter to answer at once, to keep until the office says so, or one that never comes to an end. */
export interface Letter {
  readonly title: string;
  readonly is: 'easy' | 'waiting' | 'endless';
  readonly pages?: number;
}

/** A clerk says which letter it has begun; the office says which waiting letter may be answered. */
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

/** Answers letters, one at a time. Its workers stay, and know how many they have answered. */
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
    // Nothing but a kill gets a clerk out of this one.
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
