import type { ActorView } from '../../messages.ts';
import { byId, counted, html } from '../elements.ts';
import { themeNow } from './canvas.ts';
import { colourOf } from './colours.ts';
import { msText } from './curves.ts';
import type { Bar, Track } from './history.ts';

/** The most tasks of a slot that are named. */
const NAMED = 3;

/** The timeline as a list: each slot with what it does, what it knows and what happened in the last minute. */
export class TracksList {
  readonly #place = byId('tracks-list');
  #shown = '';

  /** Shows the tracks, if the list is to be seen. */
  update(tracks: readonly Track[], actors: ReadonlyMap<number, ActorView>, now: number, search: string): void {
    if (this.#place.offsetParent === null) return;
    const rows = tracks.map((track) => wordsOf(track, actors.get(track.slot), now, search));
    const shown = JSON.stringify([rows, themeNow()]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#place.replaceChildren(...rows.map(rowOf));
  }
}

interface Row {
  readonly title: string;
  readonly state: string;
  readonly label: string | undefined;
  readonly task: string;
  readonly facts: string;
  readonly names: string;
}

function wordsOf(track: Track, actor: ActorView | undefined, now: number, search: string): Row {
  const { bars, marks, running } = track;
  const count = bars.reduce((all, bar) => all + (bar.count ?? 1), 0);
  const failed = bars.filter(({ isFailed }) => isFailed).length;
  const numbers = [
    `${counted(count)} ${count === 1 ? 'task' : 'tasks'}`,
    failed > 0 ? `${failed} failed` : '',
    ...(['room', 'death', 'end'] as const).map((what) => {
      const ends = marks.filter((mark) => mark.what === what).length;
      return ends === 0 ? '' : `${ends} ${what}${ends === 1 ? '' : 's'}`;
    }),
  ];
  const known = bars.filter(({ name }) => name !== '' && name.toLowerCase().includes(search));
  const task =
    running === undefined ? (actor?.task ?? '') : `${running.name}, for ${msText(roughly(now - running.from))}`;
  return {
    title: `slot ${track.slot}`,
    state: actor?.state ?? 'none',
    label: actor?.label,
    task,
    facts: `last minute: ${numbers.filter((each) => each !== '').join(', ')}`,
    names: known.slice(-NAMED).reverse().map(namesOf).join(', '),
  };
}

/** Returns a duration that changes seldom: a list must not flicker. */
function roughly(ms: number): number {
  return ms < 1000 ? Math.floor(ms / 100) * 100 : Math.floor(ms / 1000) * 1000;
}

/** Returns a bar's tasks in words. */
export function namesOf({ name, count = 1 }: Bar): string {
  const first = name === '' ? 'tasks' : name;
  return count === 1 ? first : `${first} and ${counted(count - 1)} more`;
}

function rowOf({ title, state, label, task, facts, names }: Row): HTMLElement {
  const line = html('div', 'line', html('b', 'name', title), html('span', `chip ${state}`, state));
  const row = html('li', '', line);
  if (label !== undefined) {
    const swatch = html('i', 'swatch');
    swatch.style.background = colourOf(label, themeNow());
    row.append(html('div', 'more', swatch, `knows ${label}`));
  }
  if (task !== '') row.append(html('div', 'more task', task));
  row.append(html('div', 'more', facts));
  if (names !== '') row.append(html('div', 'more', `latest: ${names}`));
  return row;
}
