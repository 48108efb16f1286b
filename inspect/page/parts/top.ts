import type { CompetenceView, HeaderView } from '../../messages.ts';
import type { Link } from '../connection.ts';
import { byId, counted, html, setChip, setText } from '../elements.ts';
import type { Model } from '../model.ts';
import { msText } from '../timeline/curves.ts';

const WORDS: Readonly<Record<Link['type'], string>> = {
  live: 'live',
  uninvited: 'no token',
  lost: 'ended',
  stranger: 'ended',
  over: 'ended',
};

/** Shows the pool, its numbers, and a banner for a problem of the pool or of the connection. */
export class Top {
  #link: Link | undefined;
  #shown = '';

  /** Shows the state of the link to the program. */
  link(link: Link, model: Model): void {
    this.#link = link;
    const place = byId('link');
    place.className = `link ${link.type === 'live' ? 'live' : 'lost'}`;
    setText(place, WORDS[link.type]);
    this.update(model);
  }

  /** Shows the model's state. */
  update({ pool, header }: Model): void {
    if (pool !== undefined) {
      setText(byId('pool'), pool.kind);
      const workers = pool.size === 1 ? 'worker' : 'workers';
      setText(byId('about'), `${pool.size} ${workers}, host ${pool.host}, pid ${pool.pid}`);
    }
    if (header !== undefined) {
      setChip(byId('state'), header.state);
      for (const name of ['waiting', 'running', 'done', 'failed', 'rate'] as const) {
        setText(byId(name), counted(header[name]));
      }
      setText(byId('wait'), header.wait === undefined ? '–' : msText(header.wait));
      setText(byId('busy'), header.busy.toFixed(2));
      this.#showCompetence(header);
      byId('failed').classList.toggle('some', header.failed > 0);
      document.title = `${pool?.kind ?? 'statepool'}: ${counted(header.waiting)} waiting`;
    }
    const [title, text] = endOf(this.#link) ?? problemOf(header?.problem) ?? [];
    this.#say(title, text);
  }

  /** Shows the figures on competences, for a pool that has them. */
  #showCompetence({ competence }: HeaderView): void {
    const place = byId('competence');
    place.hidden = competence === undefined;
    if (competence !== undefined) setText(byId('competence-figures'), figuresOf(competence));
  }

  /** Shows a text in the banner. Screen readers announce each change, so the banner is set only if the text differs. */
  #say(title = '', text = ''): void {
    if (this.#shown === title + text) return;
    this.#shown = title + text;
    const banner = byId('banner');
    banner.hidden = title === '';
    banner.classList.add('bad');
    banner.replaceChildren(html('strong', '', title), text);
  }
}

function figuresOf({ hits, fresh, switches, rooms, meanCost, meanWork }: CompetenceView): string {
  const counts = [
    `${counted(hits)} hits`,
    `${counted(fresh)} fresh`,
    `${counted(switches)} switches`,
    `${counted(rooms)} rooms`,
  ];
  return `${counts.join(', ')}; ${msText(meanCost)} to learn, ${msText(meanWork)} a task`;
}

function endOf(link: Link | undefined): [title: string, text: string] | undefined {
  if (link === undefined || link.type === 'live') return undefined;
  if (link.type === 'uninvited') {
    return [
      'This address has no token.',
      'Open the whole address that the program has printed: it ends with #token=...',
    ];
  }
  const title = 'The program has ended.';
  if (link.type === 'over') return [title, `The reason: ${link.reason}. You see its last state.`];
  if (link.type === 'stranger') {
    return [title, 'Another program runs at this address now: open the address that it has printed.'];
  }
  return [title, 'You see its last state. A new program prints a new address with a new token.'];
}

function problemOf(problem: string | undefined): [title: string, text: string] | undefined {
  if (problem === undefined) return undefined;
  const [, state, rest] = /^(stalled|degraded): (.*)$/s.exec(problem) ?? [];
  if (state === undefined || rest === undefined) return ['Something is wrong.', problem];
  return [state === 'stalled' ? 'Stalled.' : 'Degraded.', `${rest.charAt(0).toUpperCase()}${rest.slice(1)}.`];
}
