/** The fewest letters that are worth leaving out. */
const WORTH = 4;

/**
 * Returns a function that shortens each of some labels to at most `most` letters. If one is longer, all lose their common
 * start, up to a comma if they have one, and then what is too long is cut. The whole label stands elsewhere.
 */
export function shortener(labels: readonly string[], most: number): (label: string) => string {
  const isLong = labels.some((label) => label.length > most);
  const common = isLong ? commonStart([...new Set(labels)]) : 0;
  return (label) => {
    const rest = common < WORTH ? label : `…${label.slice(common)}`;
    return rest.length > most ? `${rest.slice(0, most - 1)}…` : rest;
  };
}

function commonStart([first = '', ...others]: readonly string[]): number {
  if (others.length === 0) return 0;
  let length = 0;
  while (length < first.length && others.every((label) => label[length] === first[length])) length++;
  const comma = first.slice(0, length).lastIndexOf(', ');
  if (comma > 0) return comma + 2;
  // Numbers stay whole, and at least one letter of each label.
  while (length > 0 && /\d/.test(first[length - 1] ?? '')) length--;
  return Math.min(length, ...[first, ...others].map((label) => label.length - 1));
}
