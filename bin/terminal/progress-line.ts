/** The longest and the shortest bar, in characters. A shorter bar would be useless. */
const LONGEST_BAR = 30;
const SHORTEST_BAR = 5;

/** The progress of some work. `state` has parts with commas between them. */
export interface Standing {
  readonly title: string;
  readonly value: number;
  readonly total: number;
  readonly state: string;
}

/**
 * Returns a progress line for a terminal with this many columns. The line never fills them all: at the last column some
 * terminals break the line. In a narrow terminal the numbers stay; the parts of the state, the title and the bar follow
 * in this order as far as there is room.
 */
export function progressLine({ title, value, total, state }: Standing, columns: number): string {
  const most = Math.max(1, columns - 1);
  let line = `${value}/${total}`.slice(0, most);
  for (const [i, part] of state.split(', ').entries()) {
    const longer = `${line}${i === 0 ? ' ' : ', '}${part}`;
    if (part === '' || longer.length > most) break;
    line = longer;
  }
  const left = most - line.length - widthOf(title) - 1;
  if (left < 0) return line;
  const size = Math.min(LONGEST_BAR, left - 1);
  if (size < SHORTEST_BAR) return `${title} ${line}`;
  const done = total === 0 ? 0 : Math.round((size * Math.min(value, total)) / total);
  return `${title} ${'█'.repeat(done)}${'░'.repeat(size - done)} ${line}`;
}

/** Returns an upper bound of a text's width: every character from U+1100 on counts as two columns. */
function widthOf(text: string): number {
  return [...text].reduce((width, each) => width + (each < '\u1100' ? 1 : 2), 0);
}
