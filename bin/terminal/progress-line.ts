/** The bar's length, in characters. A shorter one says nothing. */
const LONGEST_BAR = 30;
const SHORTEST_BAR = 5;

/** How far some work is. `state`: parts with commas between them. */
export interface Standing {
  readonly title: string;
  readonly value: number;
  readonly total: number;
  readonly state: string;
}

/**
 * A line of progress for a terminal of so many columns, which it never fills: the last column makes some terminals break the
 * line. Where it is narrow the numbers stay longest, then as many parts of the state as there is room for, the title, the bar.
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

/** At most this: what is neither Latin nor near to it may take two columns. */
function widthOf(text: string): number {
  return [...text].reduce((width, each) => width + (each < '\u1100' ? 1 : 2), 0);
}
