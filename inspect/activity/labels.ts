import type { InspectedPool } from '../../actors/inspection.ts';
import type { Seat } from '../../machines/state/seat.ts';
import { shownCompetence } from '../view/words.ts';

/** The longest label, in characters. A longer one is cut. */
const LONGEST = 48;
/** The most affinity keys that keep their number. */
const MOST_KEYS = 10_000;

/**
 * The labels of competences: the kind's own view of them, in one short line. For a kind that shows nothing, the label is
 * a number for each affinity key: the key itself is private, as the competence is.
 */
export class Labels {
  readonly #core: InspectedPool;
  readonly #made = new WeakMap<Seat['status'], string>();
  readonly #numbers = new Map<string, number>();
  #last = 0;

  constructor(core: InspectedPool) {
    this.#core = core;
  }

  /** Returns the label of what a worker knows; `undefined` for a fresh worker, and where there is nothing to show. */
  of({ status, cursor }: Pick<Seat, 'status' | 'cursor'>): string | undefined {
    if (status.type !== 'old') return undefined;
    let label = this.#made.get(status);
    if (label === undefined) {
      label = this.#viewOf(status.competence) ?? this.#numberOf(cursor.key) ?? '';
      this.#made.set(status, label);
    }
    return label === '' ? undefined : label;
  }

  #viewOf(competence: unknown): string | undefined {
    const view = shownCompetence(this.#core.kind, competence);
    if (view === undefined) return undefined;
    const text = textOf(view);
    return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  }

  #numberOf(key: string | undefined): string | undefined {
    if (key === undefined) return undefined;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = ++this.#last;
      this.#numbers.set(key, number);
      const [oldest] = this.#numbers.keys();
      if (this.#numbers.size > MOST_KEYS && oldest !== undefined) this.#numbers.delete(oldest);
    }
    return `key ${number}`;
  }
}

/** Returns plain JSON in short words: of an object, the names and the values, without braces and quotes. */
function textOf(view: unknown): string {
  if (typeof view === 'string') return view;
  if (typeof view !== 'object' || view === null || Array.isArray(view)) return JSON.stringify(view);
  const parts = Object.entries(view).map(([name, value]) => {
    return `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
  });
  return parts.join(', ');
}
