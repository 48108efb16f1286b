import { PROJECTS, type Recording, type Stretch } from './record.ts';

const WIDTH = 880;
const LEFT = 118;
const RIGHT = 20;
const TOP = 46;
const TRACK = 46;
const GAP = 12;
const BOTTOM = 40;

/** The time for which the whole run stays on the screen before it begins again, in ms. */
const REST = 2500;

/** The colours of the projects, on a light and on a dark page. */
const COLOURS = [
  ['#1f6feb', '#6cb0ff'],
  ['#b35900', '#f0a35e'],
  ['#1a7f37', '#5fd37a'],
] as const;

const height = TOP + PROJECTS.length * (TRACK + GAP) + BOTTOM;

/** Draws a run as an SVG that plays it in its own time. Where less motion is wanted, the whole run stands still. */
export function draw({ stretches, death, length }: Recording): string {
  const scale = (WIDTH - LEFT - RIGHT) / length;
  const x = (time: number) => LEFT + time * scale;
  const total = length + REST;
  const tracks = PROJECTS.map((_, slot) => trackOf(slot, stretches, x)).join('\\n');
  const killed = `<g class="killed" transform="translate(${round(x(death.at))} ${trackTop(death.slot)})"><path d="M-6 ${TRACK / 2 - 6} l12 12 m0 -12 l-12 12"/><text x="10" y="${TRACK / 2 + 4}">kill -9</text></g>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Three workers over ${seconds(length)} seconds: each loads one project, then checks its edits in milliseconds; one is killed, and its successor loads the project again">
<style>${styleOf(length / total, total)}</style>
<rect class="page" width="${WIDTH}" height="${height}" rx="8"/>
<text class="title" x="16" y="27">3 projects, 3 workers, ${stretches.length} checks in ${seconds(length)} s</text>
${legend()}
${PROJECTS.map((_, slot) => groundOf(slot, stretches)).join('\n')}
<g class="run">
<rect x="${LEFT}" y="${TOP}" width="${WIDTH - LEFT - RIGHT}" height="${PROJECTS.length * (TRACK + GAP)}" fill="none"/>
${tracks}
${killed}
</g>
${axis(length, x)}
<rect class="now" x="${LEFT}" y="${TOP - 6}" width="2" height="${PROJECTS.length * (TRACK + GAP)}"/>
</svg>
`;
}

/** Returns the bars of one worker's place, and the words in the loads. */
function trackOf(slot: number, stretches: readonly Stretch[], x: (time: number) => number): string {
  const top = trackTop(slot);
  const bars = stretches
    .filter((each) => each.slot === slot)
    .map(({ from, to, project, isLoad }) => {
      const width = Math.max(2, x(to) - x(from));
      const of = PROJECTS.indexOf(project as (typeof PROJECTS)[number]);
      const bar = `<rect class="c${of}${isLoad ? ' load' : ''}" x="${round(x(from))}" y="${top}" width="${round(width)}" height="${TRACK}" rx="${isLoad ? 4 : 1}"/>`;
      const words =
        isLoad && width > 90
          ? `<text class="in" x="${round(x(from) + 10)}" y="${top + TRACK / 2 + 4}">${project}: ${Math.round(to - from)} ms</text>`
          : '';
      return bar + words;
    });
  return bars.join('\n');
}

/** Returns the ground of one worker's place, with its name and the usual time of a task that it has loaded the project for. */
function groundOf(slot: number, stretches: readonly Stretch[]): string {
  const top = trackTop(slot);
  const warm = stretches.filter((each) => each.slot === slot && !each.isLoad).map(({ from, to }) => to - from);
  return `<rect class="track" x="${LEFT}" y="${top}" width="${WIDTH - LEFT - RIGHT}" height="${TRACK}" rx="4"/>
<text class="name" x="16" y="${top + 19}">worker ${slot}</text><text class="note" x="16" y="${top + 36}">warm: ${median(warm)} ms</text>`;
}

function legend(): string {
  return PROJECTS.map(
    (project, i) =>
      `<rect class="c${i}" x="${WIDTH - 300 + i * 90}" y="16" width="12" height="12" rx="2"/><text class="note" x="${WIDTH - 282 + i * 90}" y="27">${project}</text>`,
  ).join('\n');
}

function axis(length: number, x: (time: number) => number): string {
  const y = trackTop(PROJECTS.length) + 10;
  const marks: string[] = [];
  const step = length > 12_000 ? 2000 : 1000;
  for (let time = 0; time <= length; time += step)
    marks.push(`<text class="note mark" x="${round(x(time))}" y="${y}">${time / 1000} s</text>`);
  return `${marks.join('')}<text class="note" x="16" y="${y + 18}">wide: a worker loads a project; thin: it checks an edit in the project that it knows</text>`;
}

function styleOf(share: number, total: number): string {
  const end = round(share * 100);
  const [light, dark] = [0, 1].map((mode) => COLOURS.map((pair, i) => `.c${i}{fill:${pair[mode]}}`).join(''));
  return `text{font:13px system-ui,sans-serif}.title{font-weight:600;font-size:15px}.name{font-weight:600}.mark{text-anchor:middle}.in{fill:#fff;font-weight:600}
.page{fill:#fff}.track{fill:#f0f2f5}text{fill:#1c2430}.note{fill:#57606a;font-size:12px}.killed path{stroke:#cf222e;stroke-width:3;fill:none}.killed text{fill:#cf222e;font-weight:600}.now{fill:#8c959f}
${light}
@media (prefers-color-scheme:dark){.page{fill:#14181f}.track{fill:#222833}text{fill:#e6e9ee}.note{fill:#a3adba}.in{fill:#0b0e13}.killed path{stroke:#ff7b72}.killed text{fill:#ff7b72}${dark}}
.run{animation:show ${round(total)}ms linear infinite}.now{animation:move ${round(total)}ms linear infinite}
@keyframes show{0%{clip-path:inset(0 ${WIDTH - LEFT - RIGHT}px 0 0)}${end}%,100%{clip-path:inset(0 0 0 0)}}
@keyframes move{0%{transform:translateX(0)}${end}%,100%{transform:translateX(${WIDTH - LEFT - RIGHT}px)}}
@media (prefers-reduced-motion:reduce){.run,.now{animation:none}.now{display:none}}`;
}

function trackTop(slot: number): number {
  return TOP + slot * (TRACK + GAP);
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
}

const round = (value: number) => Math.round(value * 10) / 10;
const seconds = (ms: number) => (ms / 1000).toFixed(1);
