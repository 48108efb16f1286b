/** A link of a page. */
export interface Link {
  /** `!` for a picture, or nothing. */
  readonly mark: string;
  readonly words: string;
  /** The target as it is written: a path or an address, perhaps with an anchor. */
  readonly target: string;
  /** The line of the page, from 1. */
  readonly line: number;
}

const LINK = /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g;

/** Returns a page with each link replaced by what `turn` returns. Blocks of code stay as they are. */
export function turnLinks(text: string, turn: (link: Link) => string): string {
  let line = 1;
  return text
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part) => {
      const first = line;
      line += part.split('\n').length - 1;
      if (part.startsWith('```')) return part;
      return turnIn(part, first, turn);
    })
    .join('');
}

/** Turns the links of a text, and before each the pictures in its words. */
function turnIn(text: string, first: number, turn: (link: Link) => string): string {
  return text.replaceAll(LINK, (_, mark: string, words: string, target: string, at: number) => {
    const line = first + text.slice(0, at).split('\n').length - 1;
    return turn({ mark, words: turnIn(words, line, turn), target, line });
  });
}

/** Returns the text of a link as Markdown. */
export function linkText({ mark, words, target }: Pick<Link, 'mark' | 'words' | 'target'>): string {
  return `${mark}[${words}](${target})`;
}

/** Returns the links of a page. */
export function linksIn(text: string): Link[] {
  const links: Link[] = [];
  turnLinks(text, (link) => {
    links.push(link);
    return '';
  });
  return links;
}

/** Returns whether a target is an address, and not a path. */
export function isAddress(target: string): boolean {
  return /^[a-z]+:/.test(target);
}

/** Returns the anchors of a page: those of its headings, as Git hosts make them, and those that it sets itself. */
export function anchorsIn(text: string): Set<string> {
  const plain = text.replaceAll(/^```[\s\S]*?^```$/gm, '');
  const anchors = new Set([...plain.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id));
  const seen = new Map<string, number>();
  for (const [, heading = ''] of plain.matchAll(/^#+ (.*)$/gm)) {
    const words = heading.replaceAll(LINK, '$2').toLowerCase();
    const anchor = words.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-');
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  return anchors;
}
