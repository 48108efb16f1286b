import type { Kind } from 'statepool';
import { root } from './sources.ts';

/** A question to a worker: its data, a variable, a port, bytes, or output. */
interface Question {
  readonly ask: string;
  readonly name?: string;
  readonly isListed?: boolean;
  /** The number of bytes. @default 8 */
  readonly size?: number;
}

/** The types of the kind of tests/fixtures/informed.js. Its answers are as many as its questions. */
interface InformedTypes {
  task: Question;
  request: Question;
  // biome-ignore lint/suspicious/noExplicitAny: each question has an answer of its own type.
  response: any;
}

/** The kind of tests/fixtures/informed.js: its workers answer what they know. */
export const informed: Kind<InformedTypes> = (await import(`${root}/tests/fixtures/informed.js`)).default;
