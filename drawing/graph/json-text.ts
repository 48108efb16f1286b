const WIDTH = 120;

/** Returns a value as JSON text for people: one member a line; a list is on one line if it fits. */
export function jsonText(value: unknown): string {
  return `${textOf(value, '', 0)}\n`;
}

/** Returns the text of a value. `before` is the used width of its first line. */
function textOf(value: unknown, indent: string, before: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const isFlat = value.every((item) => typeof item !== 'object' || item === null);
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    // One more character for the comma after the list.
    if (isFlat && (value.length === 0 || before + line.length + 1 <= WIDTH)) return line;
    return `[\n${value.map((item) => deeper + textOf(item, deeper, deeper.length)).join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return '{}';
  const lines = members.map(([name, member]) => {
    const start = `${deeper}${JSON.stringify(name)}: `;
    return start + textOf(member, deeper, start.length);
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
