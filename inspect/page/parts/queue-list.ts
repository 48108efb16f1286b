import type { ReasonView, WaitingView } from '../../messages.ts';
import { byId, counted, html, setText } from '../elements.ts';
import type { Model } from '../model.ts';
import { msText } from '../timeline/curves.ts';

/** The reasons about a worker in one word, with which they are counted. */
const SHORT: Readonly<Record<string, string>> = {
  'it is busy': 'busy',
  'it is starting': 'starting',
  'it is dead': 'ending',
  'its slot is beyond the size of the pool': 'leaving',
  'it is giving back its prefetched tasks': 'giving back',
  'it is fresh, and this task needs an old worker': 'fresh',
  'its competence does not fit': 'not fitting',
  'it is about to take it': 'about to take it',
  'an earlier task goes first': 'with an earlier task',
  'it was not asked': 'not asked',
};
/** The reasons that need no more words. */
const PLAIN = new Set(['it is busy', 'it is starting', 'it is dead', 'it was not asked']);

/** Shows the head of the queue: the tasks that wait for the same reasons are one group. */
export class QueueList {
  #shown = '';

  /** Shows the queue if it has changed, and the ages of its tasks. */
  update({ queue, search, history }: Model): void {
    const { length, head, reasons } = queue;
    const now = history.now(performance.now());
    const places = head.map((task, i) => ({ task, place: i + 1, age: ageOf(task, now) }));
    const found = places.filter(({ task }) => search === '' || task.name.toLowerCase().includes(search));
    const shown = JSON.stringify([length, found, reasons]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    setText(byId('queue-length'), `${counted(length)} waiting`);
    const groups = [...new Set(found.map(({ task }) => task.why))].map((why) => {
      const rows = found.filter(({ task }) => task.why === why).map(rowOf);
      return html('li', 'group', headOf(reasons[why] ?? []), html('ol', '', ...rows));
    });
    byId('queue').replaceChildren(...groups);
    setText(byId('queue-note'), noteOf(length, head.length, found.length));
    byId('queue-note').hidden = length > 0 && length === head.length && found.length > 0;
  }
}

function noteOf(length: number, head: number, found: number): string {
  if (length === 0) return 'Nothing waits.';
  if (found === 0) return `None of the first ${head} has such a name.`;
  return length > head ? `and ${counted(length - head)} more` : '';
}

/** Returns how long a task has waited, in words that change once a second at most. */
function ageOf({ since, isEarlier }: WaitingView, now: number): string {
  if (since === undefined) return '';
  const age = Math.max(0, now - since);
  const text = age < 1000 ? 'under 1 s' : msText(Math.floor(age / 1000) * 1000).replace('.0 s', ' s');
  return isEarlier ? `over ${text}` : text;
}

function headOf(reasons: readonly ReasonView[]): HTMLElement {
  const short = reasons.map(({ why, count }) => (count === 0 ? why : `${count} ${SHORT[why] ?? why}`)).join(', ');
  const head = html('div', 'head', html('b', '', short));
  for (const { why, count, workers } of reasons) {
    if (count === 0 || PLAIN.has(why)) continue;
    const more = count > workers.length ? ` and ${count - workers.length} more` : '';
    head.append(html('div', 'why', html('b', '', `${workers.join(', ')}${more}`), `: ${why}`));
  }
  return head;
}

interface Waiting {
  readonly task: WaitingView;
  readonly place: number;
  readonly age: string;
}

function rowOf({ task: { name, priority }, place, age }: Waiting): HTMLElement {
  const line = html('div', 'line', html('span', 'place', String(place)), html('span', 'called', name));
  if (priority !== 0) line.append(html('small', '', `priority ${priority}`));
  if (age !== '') line.append(html('small', 'age', age));
  return html('li', '', line);
}
