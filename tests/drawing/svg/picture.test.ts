import test from 'ava';
import { nameOfEvent } from '../../../drawing/graph/names.ts';
import { graphOf, svgOf } from '../../../drawing/index.ts';
import { INSET, LINE_HEIGHT, widthOfRow } from '../../../drawing/labels/rows.ts';
import { type Box, HEADER, type Layout, layoutOf } from '../../../drawing/svg/layout.ts';
import { drawingOf } from '../../../drawing/svg/svg.ts';
import { machines, statesOf, transitionsOf } from '../../support/drawn-machines.ts';

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function isInside(a: Box, b: Box): boolean {
  return a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
}

/** Returns the straight pieces of the routes as boxes without breadth, each with its arrow. */
function piecesOf({ arrows }: Layout): { readonly of: number; readonly box: Box }[] {
  return arrows.flatMap(({ points }, of) =>
    points.slice(1).map((to, i) => {
      const from = points[i] as typeof to;
      const box = { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y) };
      return { of, box: { ...box, width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) } };
    }),
  );
}

const layouts = new Map<string, Promise<Layout>>();

function layoutFor(name: string): Promise<Layout> {
  const made = layouts.get(name) ?? layoutOf(graphOf(machines[name] as (typeof machines)[string]));
  layouts.set(name, made);
  return made;
}

async function svgFor(name: string): Promise<string> {
  return drawingOf(await layoutFor(name));
}

/** Returns the values of an attribute in an XML text. */
function valuesOf(svg: string, attribute: string): string[] {
  return [...svg.matchAll(new RegExp(` ${attribute}="([^"]*)"`, 'g'))].map(([, value = '']) => unescaped(value));
}

function unescaped(text: string): string {
  const marks: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", '#10': '\n', amp: '&' };
  return text.replaceAll(/&(#?\w+);/g, (_, name: string) => marks[name] as string);
}

for (const name of Object.keys(machines)) {
  test(`in the picture of ${name} no label is cut, covers another, or lies on a state or a route`, async (t) => {
    const layout = await layoutFor(name);
    const view = { x: 0, y: 0, width: layout.width, height: layout.height };
    const boxes = layout.states.filter(({ state }) => state.states.length === 0);
    const pieces = piecesOf(layout);
    t.true(layout.arrows.length > 0);
    for (const [i, { plate, arrow }] of layout.arrows.entries()) {
      const label = `${arrow.from} to ${arrow.to}`;
      t.true(isInside(plate, view), label);
      for (const other of layout.arrows.slice(i + 1)) t.false(overlap(plate, other.plate), label);
      for (const box of boxes) t.false(overlap(plate, box), `${label} on ${box.state.path}`);
      for (const { of, box } of pieces) t.false(overlap(plate, box), `${label} on the route ${of}`);
    }
  });

  test(`in the picture of ${name} every text fits in its state's box, and no state covers another`, async (t) => {
    const { states } = await layoutFor(name);
    for (const [i, { state, rows, ...box }] of states.entries()) {
      for (const row of rows)
        t.true(widthOfRow(row) + 2 * INSET <= box.width + 1, `${state.path}: ${row.words[0]?.text}`);
      t.true(HEADER + rows.length * LINE_HEIGHT <= box.height, state.path);
      for (const other of states.slice(i + 1)) {
        const isWithin = other.state.path.startsWith(state.path === '' ? '' : `${state.path}.`);
        t.is(overlap(box, other), isWithin, `${state.path} and ${other.state.path}`);
        if (isWithin) t.true(isInside(other, box));
      }
    }
  });
}

for (const [name, machine] of Object.entries(machines)) {
  test(`the picture of ${name} has every state and every transition, eventless ones too`, async (t) => {
    const svg = await svgFor(name);
    t.deepEqual(
      valuesOf(svg, 'data-state').sort(),
      statesOf(machine)
        .map(({ path }) => path.join('.'))
        .sort(),
    );
    t.deepEqual(
      valuesOf(svg, 'data-edge').sort(),
      transitionsOf(machine)
        .map(([from, event, , , to]) => `${from}|${nameOfEvent(event)}|${to}`)
        .sort(),
    );
  });

  test(`the picture of ${name} is well-formed`, async (t) => {
    const svg = await svgFor(name);
    const open: string[] = [];
    for (const [, end, tag, isClosed] of svg.matchAll(/<(\/?)([a-z]+)(?: [\w:-]+="[^"<]*")*(\/?)>/gi)) {
      if (end) t.is(open.pop(), tag);
      else if (!isClosed) open.push(tag as string);
    }
    t.deepEqual(open, []);
    const text = svg.replaceAll(/<style>[\s\S]*?<\/style>|<[^<>]*>/g, '');
    t.notRegex(text, /[<>"']|&(?!(amp|lt|gt|quot|#39|#10);)/, 'what is not a tag is escaped');
  });
}

test('a picture is the same each time', async (t) => {
  t.is(await svgOf(graphOf(machines.odd as (typeof machines)[string])), await svgFor('odd'));
});

test('a transition without an event is labelled as eventless, and so is its arrow', async (t) => {
  const svg = await svgFor('supervisor');
  t.regex(svg, /<g class="edge always" data-arrow="paused\|stalled">/);
  t.regex(svg, /data-edge="paused\|always\|stalled">always \[isStalled\]</);
});

test('names with characters of XML are escaped', async (t) => {
  const svg = await svgFor('odd');
  t.true(svg.includes('>a &lt;b&gt; &amp; &quot;c&quot;: #1; `x` %%</text>'));
  t.true(svg.includes('>ev &quot;q&quot; &lt;t&gt; &amp; : ; # %% end [not g&lt;1&gt;] / inline, act&amp;2</tspan>'));
});
