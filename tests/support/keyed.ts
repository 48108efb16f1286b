import type { Kind } from 'statepool';
import { fixture } from './jobs.ts';

/** A task of the kind in tests/fixtures/keyed.js. */
export interface KeyedTask {
  /** The affinity key: the label of the worker that has performed such a task. */
  readonly key: string;
  /** The second part of the task's name. */
  readonly file: string;
  /** How long it takes, and how much longer on a fresh worker. In ms. @default 0 */
  readonly ms?: number;
  readonly load?: number;
  /** Waits until the pool sends `{ open: file }`. */
  readonly hold?: boolean;
  readonly isBroken?: boolean;
  /** The content of its request, its response and its competence: it must not be shown. */
  readonly text?: string;
}

/** The types of the kind in tests/fixtures/keyed.js. */
export interface KeyedTypes {
  task: KeyedTask;
  request: KeyedTask & { readonly isFirst: boolean };
  response: string | undefined;
  competence: { readonly key: string; readonly text: string | undefined };
  result: string | undefined;
  feedback: { readonly open: string };
}

/** A kind whose workers know one key each, and show it. */
export const { default: keyed }: { default: Kind<KeyedTypes> } = await import(fixture('keyed.js'));
