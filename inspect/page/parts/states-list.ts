import type { ActorView } from '../../messages.ts';
import { byId, counted, html, setChip } from '../elements.ts';

/** The statechart as a list, for a narrow window: each state with its transitions, and the counts of both. */
export class StatesList {
  readonly #place = byId('states-list');
  #shown = '';

  /** Shows the states, and the transitions `from|event|to` that the chart has. */
  update({ state, visitCounts }: ActorView, states: readonly string[], edges: readonly string[]): void {
    const shown = JSON.stringify([state, visitCounts, states, edges]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#place.replaceChildren(
      ...states.map((each) => {
        const chip = html('span', '');
        setChip(chip, each);
        const count = visitCounts.states[each] ?? 0;
        const line = html('div', 'line', chip, html('span', 'now', each === state ? 'now' : ''), timesOf(count));
        const item = html('li', each === state ? 'state-item current' : 'state-item', line);
        for (const edge of edges) {
          const [from, event = '', to = ''] = edge.split('|');
          if (from !== each) continue;
          const words = to === '' || to === from ? `${event}: stays` : `${event} → ${to}`;
          item.append(html('div', 'more', html('span', '', words), timesOf(visitCounts.edges[edge] ?? 0)));
        }
        return item;
      }),
    );
  }
}

function timesOf(count: number): HTMLElement {
  return html('small', '', count === 0 ? '' : `×${counted(count)}`);
}
