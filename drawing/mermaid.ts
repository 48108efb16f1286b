import { type Chart, type ChartEdge, type ChartState, isInner, statesIn } from './graph/graph.ts';
import { arrowsOf } from './labels/arrows.ts';
import { grouped } from './labels/grouped.ts';
import { effectOf } from './labels/labels.ts';
import { TEXT_SIZE } from './labels/rows.ts';
import { wrap } from './labels/text-width.ts';

/** The words that mermaid treats as keywords, and that cannot be the id of a state. */
const reserved = new Set(
  'state note end class classDef style default click href as direction accTitle accDescr scale hide TB BT LR RL'.split(
    ' ',
  ),
);

/** The width of a line in a state's box, in pixels: mermaid does not break lines there. */
const WIDTH = 240;

/** The characters that must be escaped: mermaid would end the text there, or take it for markup. */
const marks = /[#;:"<>&\\%`]/g;

/** Returns a machine as the text of a mermaid `stateDiagram-v2`. */
export function mermaidOf(chart: Chart): string {
  const ids = idsOf(chart);
  const arrows = arrowsOf(chart);
  // The machine gets a box only if an arrow needs it.
  const hasBox = arrows.some(({ from, to }) => from === '' || to === '');
  const top = hasBox ? { ...chart.root, initial: undefined, states: [chart.root] } : chart.root;
  const lines = ['stateDiagram-v2', ...bodyOf(top, chart, ids, '  ')];
  for (const state of statesIn(chart.root)) lines.push(...noteOf(state, chart, ids));
  for (const arrow of arrows) {
    const label = arrow.lines.map(({ text }) => plain(text)).join('<br/>');
    lines.push(`  ${ids.get(arrow.from)} --> ${ids.get(arrow.to)} : ${label}`);
  }
  return `${lines.join('\n')}\n`;
}

function bodyOf(state: ChartState, chart: Chart, ids: ReadonlyMap<string, string>, indent: string): string[] {
  const lines: string[] = [];
  for (const child of state.states) {
    const id = ids.get(child.path) as string;
    const name = `${indent}state "${plain(child.name)}" as ${id}`;
    if (child.states.length > 0) {
      const parts =
        child.type === 'parallel' ? regionsOf(child, chart, ids, indent) : [bodyOf(child, chart, ids, `${indent}  `)];
      lines.push(
        `${name} {`,
        ...parts.flatMap((part, i) => (i === 0 ? part : [`${indent}  --`, ...part])),
        `${indent}}`,
      );
    } else {
      lines.push(name, ...linesOf(child, chart.edges).map((line) => `${indent}${id} : ${line}`));
    }
    if (child.type === 'final') lines.push(`${indent}${id} --> [*]`);
  }
  if (state.initial !== undefined) lines.unshift(`${indent}[*] --> ${ids.get(state.initial)}`);
  return lines;
}

function regionsOf(state: ChartState, chart: Chart, ids: ReadonlyMap<string, string>, indent: string): string[][] {
  return state.states.map((region) => bodyOf({ ...state, states: [region] }, chart, ids, `${indent}  `));
}

/**
 * Returns a note with the inner transitions of a state. In mermaid, a state with child states has no other place for
 * them, and the machine may have no box at all.
 */
function noteOf(state: ChartState, { edges }: Chart, ids: ReadonlyMap<string, string>): string[] {
  const lines = state.states.length === 0 ? [] : linesOf(state, edges);
  if (lines.length === 0) return [];
  const at = ids.get(state.path === '' ? (state.initial ?? '') : state.path);
  return [`  note left of ${at}`, ...lines.map((line) => `    ${line}`), '  end note'];
}

function linesOf(state: ChartState, edges: readonly ChartEdge[]): string[] {
  const inner = grouped(
    edges.filter((edge) => edge.from === state.path && isInner(edge)),
    effectOf,
  );
  const stays = [...inner].map(([effect, alike]) => alike.map(({ event }) => event).join(', ') + effect);
  const words = (text: string) => text.split(' ').map((word) => ({ text: word }));
  const lines = [...state.notes, ...stays].flatMap((text) => wrap(words(text), TEXT_SIZE, WIDTH));
  return lines.map((line) => plain(line.map(({ text }) => text).join(' ')));
}

/** Returns an id for each state. Mermaid's ids are words, unique in the whole chart. */
function idsOf({ root }: Chart): Map<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<string>();
  for (const { path } of statesIn(root)) {
    const word = path.replaceAll('.', '_');
    const isFine = /^[A-Za-z]\w*$/.test(word) && !reserved.has(word) && !/__/.test(word) && !taken.has(word);
    let id = word;
    for (let n = ids.size; !isFine && (id === word || taken.has(id)); n++) id = `s${n}`;
    taken.add(id);
    ids.set(path, id);
  }
  return ids;
}

function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(marks, (mark) => `#${mark.charCodeAt(0)};`);
}
