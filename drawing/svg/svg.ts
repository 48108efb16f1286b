import type { Chart, ChartState } from '../graph/graph.ts';
import type { Line } from '../labels/arrows.ts';
import { INSET, LINE_HEIGHT, type Row } from '../labels/rows.ts';
import { type Box, HEADER, type Layout, layoutOf, PLATE_INSET, type PlacedArrow, type PlacedState } from './layout.ts';
import { styleSheet } from './svg-style.ts';
import { element, escaped } from './xml.ts';

/** The distance from the top of a line to the baseline of its letters. */
const FEET = 12;
const CORNER = 7;

/**
 * Returns a machine's picture as an SVG file, for light and dark.
 *
 * A page that shows the running machine finds a state by `data-state` (its path), the text of a transition by
 * `data-edge` (`from|event|to`), and the arrow and label of that text by `data-arrow` (`from|to`).
 *
 * @throws {Error} with the code `USAGE` if elkjs is not installed
 */
export async function svgOf(chart: Chart): Promise<string> {
  return drawingOf(await layoutOf(chart));
}

/** Draws a layout. */
export function drawingOf({ chart, width, height, states, arrows, starts }: Layout): string {
  const tip = `${anchorOf(chart.id)}-tip`;
  const parts = [
    element('desc', {}, escaped(chart.root.description ?? '')),
    element('style', {}, styleSheet()),
    element('defs', {}, marker(tip)),
    element('rect', { class: 'back', width, height, rx: 10 }),
    ...states.map(stateElement),
    ...starts.map(({ dot, points }) => startElement(dot, points, tip)),
    ...arrows.map((arrow) => routeElement(arrow, tip)),
    ...arrows.map(labelElement),
  ];
  const frame = {
    xmlns: 'http://www.w3.org/2000/svg',
    class: 'statechart',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: 'img',
    'aria-label': `The statechart ${chart.id}`,
    'data-machine': chart.id,
  };
  return `${element('svg', frame, `\n${parts.join('\n')}\n`)}\n`;
}

function marker(id: string): string {
  const size = { viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: 8, markerHeight: 8 };
  const tip = element('path', { class: 'tip', d: 'M0,0L10,5L0,10z' });
  return element('marker', { id, ...size, markerUnits: 'userSpaceOnUse', orient: 'auto' }, tip);
}

function stateElement({ state, isMarked, rows, ...box }: PlacedState): string {
  const { x, y, width, height } = box;
  const isRoot = state.path === '';
  const hasRule = rows.length > 0 && !isRoot && state.states.length === 0;
  const parts = [
    titleElement(state.description),
    element('rect', { class: 'box', x, y, width, height, rx: 9 }),
    state.type === 'final'
      ? element('rect', { class: 'border', x: x + 3.5, y: y + 3.5, width: width - 7, height: height - 7, rx: 6 })
      : '',
    isMarked ? element('circle', { class: 'start', cx: x + 8, cy: y + 15, r: 4 }, titleElement('entered first')) : '',
    nameElement(state, box),
    hasRule ? element('path', { class: 'rule', d: `M${x + 4},${y + HEADER}h${width - 8}` }) : '',
    ...rows.map((row, i) => rowElement(row, x + INSET, y + HEADER + i * LINE_HEIGHT + FEET + 4)),
  ];
  const names = isRoot ? {} : { 'data-state': state.path };
  return element('g', { class: isRoot ? 'machine' : `state ${state.type}`, ...names }, parts.join(''));
}

function nameElement(state: ChartState, { x, y, width }: Box): string {
  const isFrame = state.states.length > 0;
  const place = isFrame ? { x: x + INSET, y: y + 20 } : { x: x + width / 2, y: y + 20, 'text-anchor': 'middle' };
  return element('text', { class: 'name', ...place }, escaped(state.name));
}

function rowElement({ role, words, title }: Row, x: number, y: number): string {
  const spans = words.map(({ text, edge }, i) => {
    const shown = escaped(i === words.length - 1 || text === '' ? text : `${text} `);
    return edge === undefined ? shown : element('tspan', { 'data-edge': edge }, shown);
  });
  return element('text', { class: role, x, y }, titleElement(title) + spans.join(''));
}

function startElement({ x, y, width }: Box, points: PlacedArrow['points'], tip: string): string {
  const r = width / 2;
  const dot = element('circle', { class: 'start', cx: x + r, cy: y + r, r });
  const route = element('path', { class: 'route', d: routeOf(points), 'marker-end': `url(#${tip})` });
  return element('g', { class: 'initial' }, dot + route);
}

function routeElement({ arrow, points }: PlacedArrow, tip: string): string {
  const route = element('path', { class: 'route', d: routeOf(points), 'marker-end': `url(#${tip})` });
  return element('g', arrowAttributes('edge', arrow), route);
}

function labelElement({ arrow, plate }: PlacedArrow): string {
  const { x, y, width, height } = plate;
  const lines = arrow.lines.map((line, i) => lineElement(line, x + PLATE_INSET, y + 3 + i * LINE_HEIGHT + FEET));
  const back = element('rect', { class: 'plate', x, y, width, height, rx: 6 });
  return element('g', arrowAttributes('label', arrow), back + lines.join(''));
}

function arrowAttributes(role: string, { from, to, isAlways }: PlacedArrow['arrow']): Record<string, string> {
  return { class: isAlways ? `${role} always` : role, 'data-arrow': `${from}|${to}` };
}

function lineElement({ text, title, edges, isFolded }: Line, x: number, y: number): string {
  const [first, ...others] = edges.map((edge, i) =>
    element('tspan', { 'data-edge': edge }, i === 0 ? escaped(text) : ''),
  );
  // The other edges have no text of their own: a page finds them by their elements.
  const content = `${titleElement(title)}${first}${others.join('')}`;
  return element('text', { class: isFolded ? 'more' : undefined, x, y }, content);
}

/** Returns the text that a page shows when the pointer rests on the element. */
function titleElement(text: string | undefined): string {
  return text === undefined ? '' : element('title', {}, escaped(text));
}

/** Returns a route with round corners. */
function routeOf(points: PlacedArrow['points']): string {
  return points
    .map((at, i) => {
      const before = points[i - 1];
      const after = points[i + 1];
      if (!before) return `M${at.x},${at.y}`;
      if (!after) return `L${at.x},${at.y}`;
      const arriving = Math.hypot(at.x - before.x, at.y - before.y);
      const leaving = Math.hypot(after.x - at.x, after.y - at.y);
      const reach = Math.min(CORNER, arriving / 2, leaving / 2);
      if (reach === 0) return '';
      const from = towards(at, before, reach / arriving);
      const to = towards(at, after, reach / leaving);
      return `L${from}Q${at.x},${at.y} ${to}`;
    })
    .join('');
}

type Point = PlacedArrow['points'][number];

function towards(from: Point, to: Point, part: number): string {
  const between = (a: number, b: number) => Math.round((a + (b - a) * part) * 10) / 10;
  return `${between(from.x, to.x)},${between(from.y, to.y)}`;
}

/** Returns a name that is a valid id, also in a URL. */
function anchorOf(name: string): string {
  return name.replaceAll(/[^\w.-]+/g, '_');
}
