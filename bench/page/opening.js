import { FIGURES } from '../goals.js';
import { median, ratiosOf, shown } from '../statistics.js';
import { isOurs, isPeer } from '../subjects/groups.js';

/** A peer that is better by less than this is not better: two measurements of one subject differ as much. */
const NOISE = 1.03;

/** The units of figures in the first table. */
const UNITS = { us: 'us', ms: 'ms', cpuMs: 'ms', mib: 'MiB', p99: 'us', cpu: 'us', bytes: 'bytes' };

/** Returns the first part of the page: what a user feels, and the noise. */
export function feltPartOf(results) {
  return `## What a user feels

A ratio of 2.00 means that statepool is twice as fast, or needs half the time or half the memory. Below 1.00 statepool is behind. Each
ratio is the median of the rounds. "The best peer" is the best of the other pools in the same row, in any of their modes. "With a window": the
kind lets a worker hold several requests at a time (its member \`window\`). "p99": 99 of 100 tasks are at least as quick.${noiseOf(results)}

${feltOf(results)}
`;
}

/** Returns the part of the page that says where statepool is behind. */
export function behindPartOf(results, section) {
  return `## Where statepool is behind

The list has each goal that is not reached, and each row in which another pool is more than ${Math.round((NOISE - 1) * 100)} % better than statepool with a kind as most people
write it.

${behindOf(results, section)}
`;
}

function feltOf(results) {
  const head = ['', 'statepool', 'x the best peer', 'x piscina', 'x tinypool'];
  const rows = results.flatMap(({ title, leftOut, figure, figures, felt }) => {
    if (leftOut !== undefined) return [[title, leftOut, '', '', '']];
    return felt.map((each) => cellsOf(new Map(Object.entries(figures)), { figure, ...each }));
  });
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cellsOf(figures, { name, subject, figure }) {
  const own = figures.get(subject);
  if (own === undefined) return [name, 'did not finish', '', '', ''];
  const value = median(own.map((each) => each[figure]));
  const best = bestPeerOf(figures, subject, figure);
  const ratioTo = (peer) => (figures.has(peer) ? median(ratiosOf(figures, subject, [peer], figure)).toFixed(2) : '');
  return [
    name,
    valueWithUnit(value, figure),
    best === undefined ? '' : `${best.ratio.toFixed(2)} (${best.peer})`,
    ratioTo('piscina'),
    ratioTo('tinypool'),
  ];
}

function valueWithUnit(value, figure) {
  const isLongTime = figure === 'us' && value >= 10_000;
  return isLongTime ? `${shown(value / 1000)} ms` : `${shown(value)} ${UNITS[figure]}`;
}

/** Returns the peer that is hardest to beat, and how a subject compares with it; none if the row has no peer. */
function bestPeerOf(figures, subject, figure) {
  const ratios = [...figures.keys()].filter(isPeer).map((peer) => {
    return { peer, ratio: median(ratiosOf(figures, subject, [peer], figure)) };
  });
  return ratios.sort((a, b) => a.ratio - b.ratio)[0];
}

function noiseOf(results) {
  const parts = results.flatMap(({ title, lines }) => {
    const again = lines.find(({ subject }) => subject === 'statepool again')?.ratio;
    if (again === undefined) return [];
    const [least, most] = [again.least, again.most].map((each) => each.toFixed(2));
    const name = title.replace(/^noise: /, '').replace(' of one subject, measured twice', '');
    return [`${name}: ${least === most ? least : `${least} to ${most}`}`];
  });
  if (parts.length === 0) return '';
  return `\nThe machine is not steady: when the same statepool was measured again in the same round, it was this many times as fast as before: ${parts.join('; ')}. A ratio
that is closer to 1 than these says little.`;
}

/** Returns the goals that are not reached, and the peers that are better, row by row. */
function behindOf(results, section) {
  const rows = results.map((result) => ({ title: result.title, lines: [...missedIn(result), ...betterIn(result)] }));
  const others = [...(section ?? '').matchAll(/^- not reached: (.*)$/gm)].map(([, text]) => `not reached: ${text}`);
  const parts = [...rows, { title: 'competence', lines: others }].filter(({ lines }) => lines.length > 0);
  if (parts.length === 0) return 'Nowhere in this run.';
  return parts.map(({ title, lines }) => `- ${title}\n${lines.map((line) => `  - ${line}`).join('\n')}`).join('\n');
}

function missedIn({ goals }) {
  return goals
    .filter(({ isReached, isWish, isStretched }) => (isWish ? !isStretched : !isReached))
    .map(({ text, found, isWish }) => `${isWish ? 'only hoped for' : 'not reached'}: ${text}; found ${found}`);
}

function betterIn({ figure, figures: given, lines, felt }) {
  const figures = new Map(Object.entries(given));
  const main = lines.map(({ subject }) => subject).find((subject) => isOurs(subject) && figures.has(subject));
  if (main === undefined) return [];
  const compared = [figure, ...felt.filter(({ subject }) => subject === main).map((each) => each.figure ?? figure)];
  return [...new Set(compared)].flatMap((name) => {
    const best = bestPeerOf(figures, main, name);
    if (best === undefined || !(best.ratio < 1 / NOISE)) return [];
    const what = name === figure ? '' : ` in ${FIGURES[name] ?? UNITS[name]}`;
    return `${best.peer} is ${(1 / best.ratio).toFixed(2)} times as good as ${main}${what}`;
  });
}
