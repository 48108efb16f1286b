import type { QueueView, WaitingView } from '../../messages.ts';
import { byId, counted, html, setText } from '../elements.ts';

/** Shows the head of the queue, and the reasons why each task waits. */
export class QueueList {
  #shown = '';

  /** Shows the queue if it has changed. */
  update({ length, head }: QueueView): void {
    const shown = JSON.stringify([length, head]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    setText(byId('queue-length'), `${counted(length)} waiting`);
    byId('queue').replaceChildren(...head.map((task, i) => rowOf(task, i + 1)));
    const more = length - head.length;
    setText(byId('queue-note'), more > 0 ? `and ${counted(more)} more` : 'Nothing waits.');
    byId('queue-note').hidden = more === 0 && length > 0;
  }
}

function rowOf({ name, priority, reasons }: WaitingView, place: number): HTMLElement {
  const line = html('div', 'line', html('span', 'place', String(place)), html('span', 'called', name));
  if (priority !== 0) line.append(html('small', '', `priority ${priority}`));
  const byWhy = new Map<string, string[]>();
  for (const { worker, why } of reasons) byWhy.set(why, [...(byWhy.get(why) ?? []), ...(worker ? [worker] : [])]);
  const whys = [...byWhy].map(([why, workers]) =>
    workers.length === 0 ? html('div', 'why', why) : html('div', 'why', html('b', '', workers.join(', ')), `: ${why}`),
  );
  return html('li', '', line, ...whys);
}
