import type { ElkExtendedEdge, ElkNode, ElkPoint } from 'elkjs';
import { type Chart, type ChartState, statesIn } from '../graph/graph.ts';
import { type Arrow, arrowsOf, shortened } from '../labels/arrows.ts';
import { INSET, LINE_HEIGHT, NAME_SIZE, type Row, rowsOf, rowsOfEnd, TEXT_SIZE, widthOfRow } from '../labels/rows.ts';
import { widthOf } from '../labels/text-width.ts';
import { loadElk } from './elk.ts';

/** A rectangle, in pixels from the picture's top left. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A state with its place. Parent states come before their children. */
export interface PlacedState extends Box {
  readonly state: ChartState;
  /** Is `true` if the state is entered first and has no dot that shows it. */
  readonly isMarked: boolean;
  readonly rows: readonly Row[];
}

/** An arrow with its route and the plate of its label. */
export interface PlacedArrow {
  readonly arrow: Arrow;
  readonly points: readonly ElkPoint[];
  readonly plate: Box;
}

/** The places of all parts of a machine's picture. */
export interface Layout {
  readonly chart: Chart;
  readonly width: number;
  readonly height: number;
  readonly states: readonly PlacedState[];
  readonly arrows: readonly PlacedArrow[];
  /** The dots before initial states, with their arrows. */
  readonly starts: readonly { readonly dot: Box; readonly points: readonly ElkPoint[] }[];
}

/** The distance from a label's edge to its text. */
export const PLATE_INSET = 7;
/** The height of the name's line. */
export const HEADER = 30;

/** The width of bold letters, relative to normal ones. */
const BOLD = 1.12;
const DOT = 12;
/** The id of a machine's own frame. No state has this id. */
const FRAME = '\n';
/**
 * The number of states above which a picture grows to the right: a long column of states is easier to read than a long
 * row.
 */
const MANY = 12;
const TEXT_WIDTH = { root: 480, few: 200, many: 260 };

const everywhere = {
  'elk.algorithm': 'layered',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.edgeCoords': 'ROOT',
  'elk.json.shapeCoords': 'ROOT',
  // The default strategy puts states above their predecessors.
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.padding': '[top=14,left=14,bottom=14,right=14]',
  'elk.spacing.nodeNode': '36',
  'elk.spacing.edgeNode': '18',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.edgeLabel': '5',
  'elk.spacing.labelLabel': '6',
  'elk.layered.spacing.nodeNodeBetweenLayers': '30',
  'elk.layered.spacing.edgeNodeBetweenLayers': '18',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
};

/** The options of a big picture. All arrows that leave or reach a state share one stem. */
const bigOptions = {
  ...everywhere,
  'elk.direction': 'RIGHT',
  'elk.layered.mergeEdges': 'true',
  'elk.spacing.nodeNode': '18',
  'elk.spacing.edgeEdge': '9',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '10',
};

const smallOptions = { ...everywhere, 'elk.direction': 'DOWN' };

/** Places a machine's states, arrows and labels. @throws {Error} with the code `USAGE` if elkjs is not installed */
export async function layoutOf(chart: Chart): Promise<Layout> {
  const elk = await loadElk();
  const states = new Map(statesIn(chart.root).map((state) => [idOf(state.path), state]));
  const isBig = states.size > MANY;
  const all = arrowsOf(chart).map(shortened);
  const ends = isBig ? all.filter((arrow) => isEnd(arrow, states)) : [];
  const rows = new Map([...states.values()].map((state) => [state, rowsFor(state, chart, ends, isBig)]));
  const arrows = new Map(all.filter((arrow) => !ends.includes(arrow)).map((arrow, i) => [`arrow ${i}`, arrow]));
  const options = isBig ? bigOptions : smallOptions;
  const drawn = await elk.layout<ElkNode>({
    id: 'picture',
    layoutOptions: options,
    children: [nodeOf(chart.root, rows, options)],
    edges: [
      ...(isBig ? startsOf([chart.root]) : startsOf(states.values())),
      ...[...arrows].map(([id, arrow]) => edgeOf(id, arrow)),
    ],
  });
  const boxes = boxesIn(drawn);
  const initials = new Set([...states.values()].map(({ path, initial }) => (path === '' ? undefined : initial)));
  return {
    chart,
    width: Math.ceil(drawn.width ?? 0),
    height: Math.ceil(drawn.height ?? 0),
    states: boxes.flatMap(({ id, ...box }) => {
      const state = states.get(id);
      return state ? [{ ...box, state, isMarked: isBig && initials.has(state.path), rows: rows.get(state) ?? [] }] : [];
    }),
    arrows: (drawn.edges ?? []).flatMap((edge) => {
      const arrow = arrows.get(edge.id);
      const [label] = edge.labels ?? [];
      return arrow && label ? [{ arrow, points: pointsOf(edge), plate: boxOf(label) }] : [];
    }),
    starts: (drawn.edges ?? []).flatMap((edge) => {
      const dot = boxes.find(({ id }) => id === edge.sources[0]);
      return dot && !arrows.has(edge.id) ? [{ dot: boxOf(dot), points: pointsOf(edge) }] : [];
    }),
  };
}

function idOf(path: string): string {
  return path === '' ? FRAME : path;
}

function dotOf(path: string): string {
  return `${idOf(path)}\nstart`;
}

/**
 * Returns whether an arrow of a big picture becomes rows in its state's box. The many arrows to final states would
 * cover the others.
 */
function isEnd({ from, to }: Arrow, states: ReadonlyMap<string, ChartState>): boolean {
  return from.includes('.') && states.get(idOf(from))?.type === 'atomic' && states.get(idOf(to))?.type === 'final';
}

function rowsFor(state: ChartState, { edges }: Chart, ends: readonly Arrow[], isBig: boolean): Row[] {
  const isRoot = state.path === '';
  const isFrame = state.states.length > 0;
  // A big picture has no room for descriptions, and arrows would cross those of a parent state: the titles show them.
  const shown = !isRoot && (isBig || isFrame) ? { ...state, description: undefined } : state;
  const own = rowsOf(shown, edges, isRoot ? TEXT_WIDTH.root : isBig ? TEXT_WIDTH.many : TEXT_WIDTH.few);
  return [...own, ...ends.filter(({ from }) => from === state.path).flatMap(rowsOfEnd)];
}

function nodeOf(
  state: ChartState,
  rows: ReadonlyMap<ChartState, readonly Row[]>,
  options: typeof smallOptions,
): ElkNode {
  const own = rows.get(state) ?? [];
  const width = Math.max(84, 2 * INSET + Math.max(widthOf(state.name, NAME_SIZE * BOLD), ...own.map(widthOfRow)));
  const height = HEADER + own.length * LINE_HEIGHT + (own.length === 0 ? 0 : 12);
  const id = idOf(state.path);
  if (state.states.length === 0) return { id, width, height };
  const isDown = options['elk.direction'] === 'DOWN';
  // In a big picture a dot would push its state out of the column; svg.ts marks the state instead.
  const hasDot = state.initial !== undefined && (isDown || state.path === '');
  const start = !hasDot ? [] : [{ id: dotOf(state.path), width: DOT, height: DOT }];
  return {
    id,
    layoutOptions: {
      ...options,
      'elk.padding': `[top=${height + 14},left=20,bottom=20,right=20]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      // If a picture grows downwards, ELK takes the minimum width of a parent box for its height.
      'elk.nodeSize.minimum': isDown ? `(${height},${width})` : `(${width},${height})`,
    },
    children: [...start, ...state.states.map((child) => nodeOf(child, rows, options))],
  };
}

function startsOf(states: Iterable<ChartState>): ElkExtendedEdge[] {
  return [...states].flatMap(({ path, initial }) =>
    initial === undefined ? [] : [{ id: `start ${path}`, sources: [dotOf(path)], targets: [idOf(initial)] }],
  );
}

function edgeOf(id: string, { from, to, lines }: Arrow): ElkExtendedEdge {
  const width = 2 * PLATE_INSET + Math.max(...lines.map(({ text }) => widthOf(text, TEXT_SIZE)));
  const height = lines.length * LINE_HEIGHT + 6;
  return { id, sources: [idOf(from)], targets: [idOf(to)], labels: [{ text: id, width, height }] };
}

function boxesIn(node: ElkNode): (Box & { readonly id: string })[] {
  return (node.children ?? []).flatMap((child) => [{ id: child.id, ...boxOf(child) }, ...boxesIn(child)]);
}

function boxOf({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box {
  return { x: round(x), y: round(y), width: round(width), height: round(height) };
}

function pointsOf({ sections = [] }: ElkExtendedEdge): ElkPoint[] {
  return sections
    .flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint])
    .map(({ x, y }) => ({ x: round(x), y: round(y) }));
}

function round(length: number): number {
  return Math.round(length * 10) / 10;
}
