import { type Chart, type ChartState, isInner, statesIn } from '../graph/graph.ts';
import { grouped } from './grouped.ts';
import { labelOf } from './labels.ts';

/** The most lines of a label; if there are more, the last line gives the number of the others. */
const MOST_LINES = 8;
/** The most characters of a line. */
const LONGEST_LINE = 56;
/** The least number of child states of a parent that draws their common transition once, from itself. */
const LEAST_SHARED = 2;

/** A line of a label. Transitions with the same text share one. */
export interface Line {
  readonly text: string;
  /** The whole text, if `text` is cut. */
  readonly title: string | undefined;
  readonly edges: readonly string[];
  readonly isAlways: boolean;
  /** Is `true` if the line stands for those that do not fit. */
  readonly isFolded: boolean;
}

/** All the transitions from one state to another: one arrow with a stack of labels. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly lines: readonly Line[];
  /** Is `true` if none of the transitions needs an event. */
  readonly isAlways: boolean;
}

interface Step {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly edges: readonly string[];
  readonly isAlways: boolean;
}

/**
 * Returns the arrows of a chart. A transition that all child states have alike is one arrow from their parent state.
 */
export function arrowsOf(chart: Chart): Arrow[] {
  const steps = chart.edges.flatMap((edge): Step[] =>
    edge.to === undefined || isInner(edge)
      ? []
      : [{ from: edge.from, to: edge.to, text: labelOf(edge), edges: [edge.id], isAlways: edge.isAlways }],
  );
  // The innermost states come first: an arrow that has moved to a parent may move further.
  const outwards = statesIn(chart.root).reverse();
  const shared = outwards.reduce((done, state) => shareIn(state, done), steps);
  const arrows = grouped(shared, ({ from, to }) => `${from}\n${to}`);
  return [...arrows.values()].map((alike) => {
    const [{ from, to }] = alike as [Step];
    const lines = [...grouped(alike, ({ text }) => text)].map(([text, same]) => ({
      text,
      title: undefined,
      edges: same.flatMap(({ edges }) => edges),
      isAlways: same.every(({ isAlways }) => isAlways),
      isFolded: false,
    }));
    return { from, to, lines, isAlways: lines.every(({ isAlways }) => isAlways) };
  });
}

/** Returns the same arrow with its text cut to the room in a picture; the titles have the whole text. */
export function shortened(arrow: Arrow): Arrow {
  return { ...arrow, lines: fold(arrow.lines.map((line) => ({ ...line, ...cut(line.text) }))) };
}

function shareIn(state: ChartState, steps: Step[]): Step[] {
  const children = state.states.filter(({ type }) => type !== 'final' && type !== 'history').map(({ path }) => path);
  if (state.path === '' || children.length < LEAST_SHARED) return steps;
  const inside = new Set(statesIn(state).map(({ path }) => path));
  const leaving = steps.filter(({ from, to }) => children.includes(from) && !inside.has(to));
  let result = steps;
  for (const same of grouped(leaving, ({ to, text }) => `${to}\n${text}`).values()) {
    if (new Set(same.map(({ from }) => from)).size < children.length) continue;
    const one = { ...(same[0] as Step), from: state.path, edges: same.flatMap(({ edges }) => edges) };
    result = result.flatMap((step) => (step === same[0] ? [one] : same.includes(step) ? [] : [step]));
  }
  return result;
}

function fold(lines: readonly Line[]): Line[] {
  if (lines.length <= MOST_LINES) return [...lines];
  const hidden = lines.slice(MOST_LINES - 1);
  return [
    ...lines.slice(0, MOST_LINES - 1),
    {
      text: `+${hidden.length} more`,
      title: hidden.map(({ text, title }) => title ?? text).join('\n'),
      edges: hidden.flatMap(({ edges }) => edges),
      isAlways: hidden.every(({ isAlways }) => isAlways),
      isFolded: true,
    },
  ];
}

function cut(text: string): Pick<Line, 'text' | 'title'> {
  const characters = [...text];
  if (characters.length <= LONGEST_LINE) return { text, title: undefined };
  return { text: `${characters.slice(0, LONGEST_LINE - 1).join('')}…`, title: text };
}
