/** The middle value. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of what rounds gave, with the least and the most. */
export function summary(values) {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** How a subject did against others, round by round: the best of the others in the same round counts. */
export function ratiosOf(figures, subject, others, figure = 'us') {
  return figures
    .get(subject)
    .map((own, round) => Math.min(...others.map((other) => figures.get(other)[round][figure])) / own[figure]);
}

/** The medians of what rounds gave beside their figures, by name. */
export function mediansOf(rounds) {
  const names = Object.keys(rounds[0].more ?? {});
  return Object.fromEntries(names.map((name) => [name, median(rounds.map(({ more }) => more[name]))]));
}

/** With as many digits as say something. */
export function shown(value) {
  const size = Math.abs(value);
  return value.toFixed(size >= 1000 ? 0 : size >= 1 ? 2 : 3);
}

/** What a goal is about, round by round. */
export function valuesOf(figures, { subject, of = ['piscina'], value }) {
  const own = figures.get(subject);
  if (value === 'ideal') return own.map(({ us, work }) => work / us);
  if (value !== undefined) return own.map((each) => each[value]);
  return ratiosOf(figures, subject, of);
}
