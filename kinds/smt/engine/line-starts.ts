/** Returns the number of the first line of each of several texts that are joined by line breaks. */
export function startsOf(texts: readonly string[], firstLine: number): number[] {
  let line = firstLine;
  return texts.map((text) => {
    const start = line;
    line += text.split('\n').length;
    return start;
  });
}
