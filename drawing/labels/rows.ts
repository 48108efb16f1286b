import { type ChartEdge, type ChartState, isInner } from '../graph/graph.ts';
import type { Arrow } from './arrows.ts';
import { grouped } from './grouped.ts';
import { effectOf } from './labels.ts';
import { type Word, widthOf, wrap } from './text-width.ts';

/** The size of a state's name, in pixels. */
export const NAME_SIZE = 14;
/** The size of labels, descriptions and notes, in pixels. */
export const TEXT_SIZE = 11.5;
/** The height of a line of such a text, in pixels. */
export const LINE_HEIGHT = 16;
/** The distance from a box's edge to its text, in pixels. */
export const INSET = 12;

/** A line of text in a state's box. */
export interface Row {
  readonly role: 'description' | 'note' | 'inner' | 'end';
  /** The whole text, if the row is cut. */
  readonly title?: string | undefined;
  readonly words: readonly Word[];
}

/**
 * Returns the rows in a state's box below its name: its description, its notes, and the transitions that stay in it.
 */
export function rowsOf(state: ChartState, edges: readonly ChartEdge[], width: number): Row[] {
  const rows: Row[] = [];
  const add = (role: Row['role'], words: readonly Word[]) => {
    for (const line of wrap(words, TEXT_SIZE, width)) rows.push({ role, words: line });
  };
  if (state.description !== undefined) add('description', wordsOf(state.description.replaceAll('`', '')));
  for (const note of state.notes) add('note', wordsOf(note));
  const inner = edges.filter((edge) => edge.from === state.path && isInner(edge));
  for (const [effect, alike] of grouped(inner, effectOf)) {
    const last = alike.length - 1;
    const words = alike.map(({ event, id }, i) => ({ text: i === last ? event + effect : `${event},`, edge: id }));
    add('inner', words);
  }
  return rows;
}

/** Returns an arrow as rows in the box of its source state. */
export function rowsOfEnd({ to, lines }: Arrow): Row[] {
  return lines.map(({ text, title, edges }) => ({
    role: 'end',
    title,
    words: [...edges.map((edge, i) => ({ text: i === 0 ? text : '', edge })), { text: `→ ${to}` }],
  }));
}

/** Returns the width of a row, with the spaces between its words. */
export function widthOfRow({ words }: Row): number {
  return widthOf(words.map(({ text }) => text).join(' '), TEXT_SIZE);
}

function wordsOf(text: string): Word[] {
  return text.split(/\s+/).map((word) => ({ text: word }));
}
