/** The most characters of feedbacks that an outcome carries: those of the latest ones. */
const KEPT = 1 << 16;

/** A feedback on its way: its text, the run of the task that it comes from, and its number in this run, from 1 on. */
export interface Numbered {
  readonly text: string;
  readonly run: string;
  readonly number: number;
}

/** The latest feedbacks of a run, as its outcome carries them. */
interface Carried {
  readonly run: string;
  /** The number of the first one. */
  readonly first: number;
  readonly texts: readonly string[];
}

/** The feedbacks of one run of a task, on its node: they are told as hints, and the latest ones go with the outcome. */
export class SentFeedbacks {
  readonly #run: string;
  readonly #texts: string[] = [];
  #size = 0;
  #count = 0;

  constructor(run: string) {
    this.#run = run;
  }

  /** Gives a feedback its number. */
  add(text: string): Numbered {
    this.#texts.push(text);
    this.#size += text.length;
    while (this.#size > KEPT) this.#size -= this.#texts.shift()?.length ?? 0;
    return { text, run: this.#run, number: ++this.#count };
  }

  /** Returns an outcome that carries the feedbacks. */
  into(outcome: string): string {
    if (this.#texts.length === 0) return outcome;
    const first = this.#count - this.#texts.length + 1;
    const carried: Carried = { run: this.#run, first, texts: this.#texts };
    const rest = outcome === '{}' ? '' : `,${outcome.slice(1, -1)}`;
    return `{"fed":${JSON.stringify(carried)}${rest}}`;
  }
}

/** The beginning of an outcome that carries feedbacks. */
const CARRIES = /^\{(?:"by":"[^"]*",)?"fed":/;

/**
 * The feedbacks of a task, as its submitter hears them: each at most once, in their order, and before the outcome. Those that
 * the outcome overtakes come with it.
 */
export class HeardFeedbacks {
  /** The number of the latest feedback of each run. */
  readonly #latest = new Map<string, number>();

  /** Returns whether a feedback is news. */
  isNew(run: string, number: number): boolean {
    if (number <= (this.#latest.get(run) ?? 0)) return false;
    this.#latest.set(run, number);
    return true;
  }

  /** Returns the feedbacks that an outcome carries and that are news. */
  newsIn(outcome: string): string[] {
    if (!CARRIES.test(outcome)) return [];
    const { run, first, texts } = (JSON.parse(outcome) as { readonly fed: Carried }).fed;
    return texts.filter((_, i) => this.isNew(run, first + i));
  }
}
