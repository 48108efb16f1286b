import type { Kind } from '../../../kinds/kind.ts';

/** A poster to print. */
export interface Poster {
  readonly title: string;
  readonly colour: string;
}

/** The types of the press kind: an old press has ink of one colour in it. */
export interface PressTypes {
  task: Poster;
  request: Poster;
  response: string;
  competence: string;
}

/** The colours in stock. The kind's rules read it; `broadcast` notifies the pool after a change. */
export const stock = new Set<string>();

/** Prints posters. A press is never cleaned after inking: it prints its one colour until it ends. */
const press: Kind<PressTypes> = {
  name: 'press',
  url: import.meta.url,

  taskMatch: (status, { colour }) => stock.has(colour) && (status.type === 'fresh' || status.competence === colour),
  requestOfTask: (_status, poster) => poster,
  useResponse: (_status, { colour }, sheet) => ({ type: 'stay', competence: colour, result: sheet }),
  perform: ({ title, colour }: Poster) => `${title}, printed in ${colour}`,
  nameOfTask: ({ title }) => title,
  viewOfCompetence: (colour) => ({ ink: colour }),
};

export default press;
