import type { Link } from '../connection.ts';
import { byId, html, setText } from '../elements.ts';

const WORDS: Readonly<Record<Link['type'], string>> = {
  live: 'live',
  uninvited: 'no token',
  lost: 'ended',
  stranger: 'ended',
  over: 'ended',
};

/** Shows the state of the link to the program. */
export function showLink({ type }: Link): void {
  const place = byId('link');
  place.className = `link ${type === 'live' ? 'live' : 'lost'}`;
  setText(place, WORDS[type]);
}

/** The banner for a problem. */
export class Banner {
  #shown = '';

  /** Shows a text. Screen readers announce each change, so the banner is set only if the text differs. */
  say(title = '', text = ''): void {
    if (this.#shown === title + text) return;
    this.#shown = title + text;
    const banner = byId('banner');
    banner.hidden = title === '';
    banner.classList.add('bad');
    banner.replaceChildren(html('strong', '', title), text);
  }
}

/** Returns the title and the text about a link that is not live. */
export function endOf(link: Link | undefined): [title: string, text: string] | undefined {
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
