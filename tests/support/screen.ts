// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal commands are control characters.
const PARTS = /\u001b\[(\??)(\d*)([A-Za-z])|[\r\n]|[^\u001b\r\n]/gu;

interface Row {
  readonly cells: string[];
  /** Continues the line above, which the terminal's width broke. */
  readonly isMore: boolean;
}

/**
 * Returns the lines on a terminal with some columns after a text; a line that the terminal broke is one line. Supports
 * the commands that the command line uses.
 */
export function screenOf(text: string, columns = 80): string[] {
  const rows: Row[] = [{ cells: [], isMore: false }];
  let [row, column, isBreaking] = [0, 0, true];
  const put = (each: string) => {
    if (column === columns && isBreaking) {
      rows.splice(++row, 1, { cells: [], isMore: true });
      column = 0;
    }
    const at = Math.min(column, columns - 1);
    const { cells } = rows[row] as Row;
    while (cells.length < at) cells.push(' ');
    cells[at] = each;
    column = at + 1;
  };
  const obey = (name: string, count: number) => {
    if (name === 'A') row = Math.max(0, row - count);
    else if (name === 'G') column = count - 1;
    else if (name === 'K' || name === 'J') {
      rows[row]?.cells.splice(column);
      if (name === 'J') rows.splice(row + 1);
    }
  };
  for (const [part, isPrivate, digits, name] of text.matchAll(PARTS)) {
    if (part === '\n') rows[++row] ??= { cells: [], isMore: false };
    else if (part === '\r') column = 0;
    else if (name === undefined) put(part);
    else if (isPrivate === '') obey(name, Number(digits || (name === 'K' || name === 'J' ? 0 : 1)));
    else if (digits === '7') isBreaking = name === 'h';
  }
  const lines: string[] = [];
  for (const { cells, isMore } of rows) {
    if (isMore) lines.push(`${lines.pop() ?? ''}${cells.join('')}`);
    else lines.push(cells.join(''));
  }
  return lines.filter((line) => line !== '');
}
