import { setTimeout } from '../../actors/tooling.ts';
import type { Broker } from '../broker.ts';
import type { Numbered } from '../words/feedbacks.ts';
import { type Told, topicOf } from '../words/names.ts';

/** The time for which news to one submitter is collected. In ms. */
const GROUP = 3;

/** The most news in one message, and the longest text of one. In characters. */
const MOST = 200;
const LONGEST = 1 << 16;
const LARGEST = 1 << 18;

/** Tells submitters of ends and feedbacks, in groups. What is lost on the way they find in the queues. */
export class Teller {
  readonly #broker: Broker;
  readonly #news = new Map<string, Told[]>();

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /** Tells the end of a task that stands in a queue now. */
  end(to: string | undefined, id: string, outcome: string, queue: string): void {
    this.#report(to, ['end', id, outcome.length > LONGEST ? null : outcome, queue]);
  }

  /** Tells a feedback. */
  feedback(to: string | undefined, id: string, { text, run, number }: Numbered): void {
    this.#report(to, ['feedback', id, text, run, number]);
  }

  #report(to: string | undefined, told: Told): void {
    if (to === undefined) return;
    const news = this.#news.get(to);
    if (news !== undefined) return void news.push(told);
    this.#news.set(to, [told]);
    setTimeout(() => this.#send(to), GROUP);
  }

  #send(to: string): void {
    const news = this.#news.get(to) ?? [];
    this.#news.delete(to);
    let group: Told[] = [];
    let size = 0;
    for (const each of news) {
      const length = (each[2] ?? '').length;
      if (group.length === MOST || (group.length > 0 && size + length > LARGEST)) {
        this.#publish(to, group);
        group = [];
        size = 0;
      }
      group.push(each);
      size += length;
    }
    if (group.length > 0) this.#publish(to, group);
  }

  #publish(to: string, news: readonly Told[]): void {
    // A hint: the submitter finds the end in the queue.
    this.#broker.publish(topicOf(to), news).catch(() => {});
  }
}
