/**
 * The names that nodes and submitters of one kind share at a broker: its queues and its topics. And the small texts that
 * they leave there for each other.
 */

/** The names of one kind. */
export interface Names {
  /** The backlog that every node works on. */
  readonly shared: string;
  /** The list of the nodes: nobody works on it. */
  readonly roll: string;
  /** The feedbacks to all workers, oldest first: nobody works on it. */
  readonly log: string;
  /** The topic that every node hears. */
  readonly all: string;
  /** Returns the queue that one incarnation of a node has for itself. It is also the name under which the node lives. */
  own(incarnation: string): string;
}

/** Returns the names of a kind. */
export function namesOf(kind: string): Names {
  return {
    shared: kind,
    roll: `${kind}.nodes`,
    log: `${kind}.log`,
    all: `${kind}.all`,
    own: (incarnation) => `${kind}@${incarnation}`,
  };
}

/** Returns the topic that a submitter hears. */
export function topicOf(submitter: string): string {
  return `to.${submitter}`;
}

/** Returns the id of a follow-up: that of its origin and its number. */
export function idOfFollowUp(origin: string, number: number): string {
  return `${origin}.${number}`;
}

/** Returns whether an id is that of a task, or of one that descends from it. */
export function isOfFamily(id: string, ancestor: string): boolean {
  return id === ancestor || id.startsWith(`${ancestor}.`);
}

/** The member of the text that says where a task has gone: no outcome of a task has it. */
const MOVED = /^\{(?:"by":"[^"]*",)?"moved":/;

/** Returns the text that ends a task in one queue, because it goes on in another one. */
export function movedTo(queue: string): string {
  return `{"moved":${JSON.stringify(queue)}}`;
}

/** Returns the queue in which a task goes on, or `undefined` if the text is the end of a task. */
export function placeIn(outcome: string): string | undefined {
  return MOVED.test(outcome) ? (JSON.parse(outcome) as { moved: string }).moved : undefined;
}

/** The news that a submitter hears: an outcome (its text; `null`: it is too long to be sent, and stands in that queue), or a feedback. */
export type Told =
  | readonly ['end', id: string, outcome: string | null, queue: string]
  | readonly ['feedback', id: string, feedback: string, run: string, number: number];

/** The words that every node hears. `reply`: the topic on which the asker hears the answer. */
export type Word =
  /** A task was cancelled, and so are all that descend from it. */
  | { readonly type: 'cancel'; readonly id: string; readonly reason: string }
  | { readonly type: 'cancelAll'; readonly reason: string }
  | {
      readonly type: 'cancelWorker';
      readonly node: string;
      readonly worker: string;
      readonly reason: string;
      readonly reply: string;
    }
  /** Something that `taskMatch` looks at has changed. */
  | { readonly type: 'broadcast' }
  /** The log of feedbacks, or the pause of the queue, has changed. */
  | { readonly type: 'look' }
  /** The keys for which the workers of a node have loaded what tasks need. */
  | { readonly type: 'keys'; readonly node: string; readonly keys: readonly string[] }
  /** The asker wants to know how the node is. */
  | { readonly type: 'ask'; readonly reply: string };
