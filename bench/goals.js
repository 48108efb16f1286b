import { median, ratiosOf, shown } from './statistics.js';
import { nameOfBest } from './subjects/groups.js';

/** The names of the goals' values. */
const VALUES = {
  spread: 'p99 / p50',
  share: 'time without a viewer / with a viewer',
  cpuShare: 'CPU time without a viewer / with a viewer',
  bytes: 'bytes',
  cpuMs: 'CPU ms',
  mib: 'peak memory in MiB',
  ideal: 'share of the ideal speed',
  slower: 'difference in us',
};

/** The names of the figures that goals compare, beside the row's own. */
export const FIGURES = { p99: 'p99', cpu: 'processor time of a task', cpuMs: 'processor time', mib: 'peak memory' };

/**
 * Checks a goal of a row on the figures of its subjects, round by round. The `rows` folder says what a goal has.
 */
export function goalOf(figures, goal, figure = 'us') {
  const { subject, of = ['piscina'], value, or } = goal;
  const others = of.filter((other) => figures.has(other));
  const text = `${subject}: ${nameOf(goal)}, ${boundOf(goal)}`;
  const unknown = { text, subject, isReached: false, isStretched: false, isWish: isWish(goal) };
  if (!figures.has(subject)) return { ...unknown, found: 'it did not finish' };
  if (value === undefined && others.length === 0) return { ...unknown, found: 'no peer finished' };
  const values = valuesOf(figures, { ...goal, of: others }, figure);
  const found = goal.always ? (isUpward(goal) ? Math.min : Math.max)(...values) : median(values);
  const own = { ...unknown, found: shown(found), ...verdictOn(found, goal) };
  if (or === undefined) return own;
  const other = goalOf(figures, { subject, ...or }, figure);
  return {
    ...own,
    text: `${text}, or ${VALUES[or.value] ?? or.value} at most ${or.most}`,
    found: `${own.found} and ${other.found}`,
    isReached: own.isReached || other.isReached,
  };
}

/** Returns whether a goal is only hoped for. */
const isWish = ({ least, most }) => least === undefined && most === undefined;

/** Returns whether more is better. */
const isUpward = ({ most, isCost }) => most === undefined && !isCost;

function verdictOn(found, goal) {
  const { least, most, stretch } = goal;
  const reaches = (bound) => (isUpward(goal) ? found >= bound : found <= bound);
  return {
    isReached: isWish(goal) || reaches(least ?? most),
    isStretched: stretch !== undefined && reaches(stretch),
  };
}

function valuesOf(figures, goal, figure) {
  const { subject, of, value } = goal;
  const own = figures.get(subject);
  if (value === 'ideal') return own.map(({ us, work }) => work / us);
  if (value !== undefined) return own.map((each) => each[value]);
  const ratios = ratiosOf(figures, subject, of, goal.figure ?? figure);
  return isUpward(goal) ? ratios : ratios.map((ratio) => 1 / ratio);
}

function nameOf(goal) {
  const { of = ['piscina'], value, figure } = goal;
  if (value !== undefined) return VALUES[value] ?? value;
  const others = nameOfBest(of);
  if (figure !== undefined) return `${FIGURES[figure]}, x ${others}`;
  return isUpward(goal) ? `x ${others}` : `time, x ${others}`;
}

function boundOf(goal) {
  const { least, most, stretch, always } = goal;
  const rounds = always ? ' in every round' : '';
  if (isWish(goal)) return `stretch goal ${isUpward(goal) ? '' : 'of at most '}${stretch}`;
  return `${most === undefined ? `at least ${least.toFixed(2)}` : `at most ${most}`}${rounds}`;
}
