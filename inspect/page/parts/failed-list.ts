import type { FailedView } from '../../messages.ts';
import { byId, counted, html, setText } from '../elements.ts';
import type { Model } from '../model.ts';

/** Shows the last failed tasks: their names, the codes of their errors, their workers; the latest first. */
export class FailedList {
  #shown = '';

  /** Shows the list if it has changed. */
  update({ failed, search, header }: Model): void {
    const found = failed.filter(({ name }) => search === '' || name.toLowerCase().includes(search)).reverse();
    const all = header?.failed ?? 0;
    const shown = JSON.stringify([found, all]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    setText(byId('failed-count'), `${counted(all)} failed`);
    byId('failures').replaceChildren(...found.map(rowOf));
    const note = byId('failed-note');
    setText(note, noteOf(all, failed.length, found.length));
    note.hidden = note.textContent === '';
  }
}

function noteOf(all: number, listed: number, found: number): string {
  if (all === 0) return 'No task has failed.';
  if (listed > 0 && found === 0) return 'No failed task has such a name.';
  return all > listed ? `and ${counted(all - listed)} that this page has not seen` : '';
}

function rowOf({ at, name, code, worker }: FailedView): HTMLElement {
  const time = html('time', '', new Date(at).toISOString().slice(11, 19));
  const line = html('div', 'line', html('span', 'called', name), html('span', 'code', code));
  return html(
    'li',
    'failure',
    line,
    html('div', 'failure-where', time, worker === undefined ? ', in the queue' : `, ${worker}`),
  );
}
