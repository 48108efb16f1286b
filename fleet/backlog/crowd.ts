import { clearInterval, clearTimeout, setInterval, setTimeout } from '../../actors/tooling.ts';
import type { Broker } from '../broker.ts';
import { type Look, type NodeEntry, readRoll } from '../members/roll.ts';
import type { NodeAnswer } from '../node/words.ts';
import type { Names, Word } from '../words/names.ts';

/** A node as `fleet.nodes()` shows it. */
export interface NodeInfo extends NodeEntry {
  /** `live`; `dead`: it gives no sign of life, and others inherit from it. */
  readonly state: 'live' | 'dead';
  /** The workers, each under an id that `cancelWorker` takes. Is absent if the node has not answered in time. */
  readonly workers?: readonly { readonly id: string; readonly state: string; readonly task?: string }[];
  /** The tasks that wait in the node. */
  readonly queued?: number;
  /** Tasks that settled with a result, and with an error, since the node began. */
  readonly completed?: number;
  readonly failed?: number;
  /** Tasks that it has begun, and that became another node's. */
  readonly lost?: number;
  /** The address of its inspector on its own machine, with the token that gives access; absent without an inspector. */
  readonly page?: string;
}

/** The time after which a question is asked again, and the time for all answers. In ms. */
const AGAIN = 250;
const PATIENCE = 3000;

/** Asks all nodes of a kind. */
export class Crowd {
  readonly #broker: Broker;
  readonly #names: Names;
  readonly #submitter: string;
  readonly #onLook: (look: Look) => void;
  #number = 0;

  /** `onLook` is called with each answer to the question who is there. */
  constructor(broker: Broker, names: Names, submitter: string, onLook: (look: Look) => void = () => {}) {
    this.#broker = broker;
    this.#names = names;
    this.#submitter = submitter;
    this.#onLook = onLook;
  }

  /** Returns who is written down, and who lives. */
  async refresh(): Promise<Look> {
    const look = await readRoll(this.#broker, this.#names);
    this.#onLook(look);
    return look;
  }

  /** Says something to all nodes. It may be lost. */
  say(word: Word): Promise<void> {
    return this.#broker.publish(this.#names.all, word);
  }

  /** Asks nodes, again and again until these have answered or the time is over. */
  async ask<T extends { readonly id: string }>(
    wordTo: (reply: string) => Word,
    nodes: Iterable<string>,
    patience = PATIENCE,
  ): Promise<T[]> {
    const missing = new Set(nodes);
    if (missing.size === 0) return [];
    const topic = `re.${this.#submitter}.${++this.#number}`;
    const answers: T[] = [];
    let finish = () => {};
    const all = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const unsubscribe = await this.#broker.subscribe(topic, (data) => {
      const answer = data as T;
      if (!missing.delete(answer.id)) return;
      answers.push(answer);
      if (missing.size === 0) finish();
    });
    const ask = () => void this.say(wordTo(topic)).catch(() => {});
    const again = setInterval(ask, AGAIN);
    const end = setTimeout(finish, patience);
    ask();
    await all;
    clearInterval(again);
    clearTimeout(end);
    await unsubscribe();
    return answers;
  }

  /** Returns all nodes, with what they say of themselves. `patience`: the time for their answers, in ms. */
  async nodes(look?: Look, patience = PATIENCE): Promise<NodeInfo[]> {
    const { living, dead } = look ?? (await this.refresh());
    const answers = await this.ask<NodeAnswer>((reply) => ({ type: 'ask', reply }), living.keys(), patience);
    const told = new Map(answers.map((answer) => [answer.id, answer]));
    const live = [...living.values()].map((entry): NodeInfo => {
      const { workers, ...answer } = told.get(entry.id) ?? {};
      const named = workers?.map((each) => ({ ...each, id: `${entry.id}/${each.id}` }));
      return { ...entry, ...answer, ...(named === undefined ? {} : { workers: named }), state: 'live' };
    });
    return [...live, ...dead.map((entry): NodeInfo => ({ ...entry, state: 'dead' }))];
  }
}
