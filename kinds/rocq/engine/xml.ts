/** An element of the engine's output. */
export interface XmlNode {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (XmlNode | string)[];
}

/** Returns a text as it stands between tags. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  // The list of all universes has ten thousand such signs: a search for each sign is faster than one for all.
  const named = text
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'");
  const numbered = named.includes('&#') ? named.replaceAll(/&#(?:x([\da-f]+)|(\d+));/gi, characterOf) : named;
  return numbered.replaceAll('&amp;', '&');
}

function characterOf(_: string, hex: string | undefined, decimal: string): string {
  return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
}

/** Returns the text of an element and of all elements in it. */
export function textOf(node: XmlNode | string | undefined): string {
  if (node === undefined || typeof node === 'string') return node ?? '';
  return node.children.map(textOf).join('');
}

/** Returns the first child with this tag. */
export function childOf(node: XmlNode | undefined, tag: string): XmlNode | undefined {
  return node?.children.find((child): child is XmlNode => typeof child !== 'string' && child.tag === tag);
}

/** Returns the first element with this tag, at any depth. */
export function findIn(node: XmlNode | undefined, tag: string): XmlNode | undefined {
  for (const child of node?.children ?? []) {
    if (typeof child === 'string') continue;
    if (child.tag === tag) return child;
    const found = findIn(child, tag);
    if (found) return found;
  }
  return undefined;
}

const FEEDBACK = '<feedback ';
const FEEDBACK_END = '</feedback>';
const MESSAGE = '<feedback_content val="message"';

/** Reads a stream of elements. It hands over each outermost element once it is whole; of feedbacks only the messages. */
export class XmlReader {
  readonly #onElement: (node: XmlNode) => void;
  readonly #open: XmlNode[] = [];
  #rest = '';

  constructor(onElement: (node: XmlNode) => void) {
    this.#onElement = onElement;
  }

  /** Reads the next piece of the stream, of any length. */
  push(piece: string): void {
    const text = this.#rest + piece;
    let at = 0;
    for (;;) {
      const begin = text.indexOf('<', at);
      const end = begin < 0 ? -1 : text.indexOf('>', begin);
      if (end < 0) break;
      if (this.#open.length === 0 && text.startsWith(FEEDBACK, begin)) {
        // Most feedbacks say how far the engine is: they are left out unread.
        const close = text.indexOf(FEEDBACK_END, end);
        if (close < 0) break;
        if (!text.slice(begin, close).includes(MESSAGE)) {
          at = close + FEEDBACK_END.length;
          continue;
        }
      }
      if (begin > at) this.#open.at(-1)?.children.push(unescaped(text.slice(at, begin)));
      at = end + 1;
      this.#tag(text.slice(begin + 1, end));
    }
    this.#rest = text.slice(at);
  }

  #tag(text: string): void {
    if (text.startsWith('/')) {
      const node = this.#open.pop();
      if (node) this.#close(node);
      return;
    }
    const [tag = ''] = /^[\w:]+/.exec(text) ?? [];
    const attributes: Record<string, string> = {};
    for (const [, name = '', value = ''] of text.matchAll(/([\w:]+)="([^"]*)"/g)) attributes[name] = unescaped(value);
    const node: XmlNode = { tag, attributes, children: [] };
    if (text.endsWith('/')) this.#close(node);
    else this.#open.push(node);
  }

  #close(node: XmlNode): void {
    const parent = this.#open.at(-1);
    if (parent) parent.children.push(node);
    else this.#onElement(node);
  }
}
