/** Returns a text for XML: escaped, and without the characters that XML forbids. */
export function xmlText(value: string): string {
  const allowed = value.replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?');
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    '\n': '&#10;',
  };
  return allowed.replaceAll(/[&<>"\n]/g, (each) => names[each] as string);
}
