/**
 * How often something is measured again, with as many rounds, while it misses a goal: the median of a few rounds on a
 * machine that is not steady says little.
 */
export const AGAIN = 2;

/** Returns the middle value. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Returns the median of the rounds' figures, with the least and the most. */
export function summary(values) {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** Returns a subject's ratio to others, round by round, to the best of the others in the same round. */
export function ratiosOf(figures, subject, others, figure = 'us') {
  return figures
    .get(subject)
    .map((own, round) => Math.min(...others.map((other) => figures.get(other)[round][figure])) / own[figure]);
}

/** Returns the medians of the rounds' further figures, by name. */
export function mediansOf(rounds) {
  const names = Object.keys(rounds[0].more ?? {});
  return Object.fromEntries(names.map((name) => [name, median(rounds.map(({ more }) => more[name]))]));
}

/** Returns a number with its significant digits. */
export function shown(value) {
  const size = Math.abs(value);
  return value.toFixed(size >= 1000 ? 0 : size >= 1 ? 2 : 3);
}
