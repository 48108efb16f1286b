import { isOurs, isPeer } from '../subjects/groups.js';

/** The colours of bars. */
export const COLOURS = { ours: '#2563eb', peer: '#94a3b8', raw: '#d97706' };
const WIDTH = 720;
/** The room for the names, and for the figure after the longest bar. */
const LABEL = 210;
const FIGURE = 60;
/** The height of a bar, and of the space below it. */
export const BAR = 16;

/** Returns the place of a share of the longest bar, in a plot. */
export const placeOf = (share) => LABEL + share * (WIDTH - LABEL - FIGURE);

/** Draws one bar with its name and figure. */
export function barOf({ y, name, share, figure, colour }) {
  const end = placeOf(share);
  const width = (end - LABEL).toFixed(1);
  return [
    `<text x="${LABEL - 8}" y="${y + 11}" text-anchor="end">${name}</text>`,
    `<rect x="${LABEL}" y="${y}" width="${width}" height="${BAR - 3}" rx="2" fill="${colour}"/>`,
    `<text x="${(end + 6).toFixed(1)}" y="${y + 11}" class="figure">${figure.toFixed(2)}</text>`,
  ];
}

/** Draws the title of a group of bars. */
export const titleOf = (y, title) => `<text x="10" y="${y}" class="title">${title}</text>`;

/** Draws a line of the scale behind a number of bars; `isOne`: the line to compare with. */
export function scaleOf(y, share, bars, isOne) {
  const x = placeOf(share).toFixed(1);
  return `<line x1="${x}" y1="${y - 3}" x2="${x}" y2="${y + bars * BAR}" class="${isOne ? 'one' : 'line'}"/>`;
}

/** Draws the plotted rows as bars, relative to piscina, on a scale of doublings. */
export function plotOf(results) {
  const plotted = results.filter(({ isPlotted }) => isPlotted);
  const ratios = plotted.flatMap(({ lines }) => lines.flatMap(({ ratio }) => ratio?.median ?? []));
  // The bars begin a little below the least ratio, so that its bar is visible.
  const first = Math.log2(Math.min(0.5, ...ratios) * 0.8);
  const last = Math.log2(Math.max(2, ...ratios));
  const shareOf = (ratio) => (Math.log2(ratio) - first) / (last - first);
  let y = 6;
  const parts = [];
  for (const { title, lines } of plotted) {
    const bars = lines.filter(({ ratio }) => ratio !== undefined);
    y += 26;
    parts.push(titleOf(y, `${title}: x piscina`));
    y += 10;
    for (let power = Math.ceil(first); power <= last; power++) {
      parts.push(scaleOf(y, shareOf(2 ** power), bars.length, power === 0));
    }
    for (const { subject, ratio } of bars) {
      const colour = COLOURS[isOurs(subject) ? 'ours' : isPeer(subject) ? 'peer' : 'raw'];
      parts.push(...barOf({ y, name: subject, share: shareOf(ratio.median), figure: ratio.median, colour }));
      y += BAR;
    }
  }
  return frameOf('Throughput and latency, against piscina', y + 14, parts);
}

/** Makes a picture of its parts, for light and dark pages. */
export function frameOf(title, height, parts) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">
<title>${title}</title>
<style>
text { font: 12px system-ui, sans-serif; fill: #334155 }
.title { font-weight: 600 }
.figure { paint-order: stroke; stroke: #fff; stroke-width: 4px }
.back { fill: #fff }
line { stroke: #e2e8f0 }
line.one { stroke: #64748b }
@media (prefers-color-scheme: dark) {
  text { fill: #cbd5e1 }
  .figure { stroke: #0f172a }
  .back { fill: #0f172a }
  line { stroke: #1e293b }
}
</style>
<rect class="back" width="100%" height="100%"/>
${parts.join('\n')}
</svg>
`;
}
