import { type Chart, type ChartEdge, isInner, statesIn } from './graph/graph.ts';
import { grouped } from './labels/grouped.ts';

/** Returns a machine's states and their descriptions, as a table in Markdown. */
export function tableOfStates({ root }: Chart): string {
  const [, ...states] = statesIn(root);
  return tableOf(
    ['state', 'what it is'],
    states.map(({ path, type, description = '', notes }) => [
      code(path),
      [type === 'final' ? '(final)' : '', cell(description), ...notes.map(cell)].filter(Boolean).join(' '),
    ]),
  );
}

/** Returns a machine's transitions, as a table in Markdown. Events of a state with the same effect share a row. */
export function tableOfTransitions({ root, edges }: Chart): string {
  const alike = grouped(edges, ({ from, to, guard, actions, description, meta }) =>
    JSON.stringify([from, to, guard, actions, description, meta]),
  );
  const rows = [...alike.values()].map((same) => {
    const [edge] = same as [ChartEdge];
    const events = same.map(({ event, isAlways }) => (isAlways ? '(always)' : code(event))).join(', ');
    const to = isInner(edge) ? '(stays)' : code(edge.to ?? '');
    return [code(edge.from || root.name), events, edge.guard === undefined ? '' : code(edge.guard), to, deedOf(edge)];
  });
  return tableOf(['from', 'event', 'guard', 'to', 'what it does'], rows);
}

function deedOf({ actions, description, reenters }: ChartEdge): string {
  const parts = [
    actions.map(code).join(', '),
    description === undefined ? '' : cell(description),
    reenters ? 'enters it again' : '',
  ];
  return parts.filter(Boolean).join('; ');
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) => Math.max(3, ...[head, ...rows].map((cells) => lengthOf(cells[i]))));
  const padded = (cells: readonly string[], filler: string) =>
    cells.map((text, i) => text + filler.repeat((widths[i] ?? 0) - lengthOf(text)));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = padded(
    head.map(() => ''),
    '-',
  );
  return [line(padded(head, ' ')), line(rule), ...rows.map((cells) => line(padded(cells, ' ')))].join('\n');
}

function lengthOf(text = ''): number {
  return [...text].length;
}

function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|')}${fence}`;
}

function cell(text: string): string {
  const plain = text.replaceAll(/\s+/g, ' ').trim();
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('|', '\\|');
}
