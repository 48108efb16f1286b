/**
 * The characters that a terminal takes for commands, that change the direction of text, or that only some terminals
 * take for line ends: C0, DEL, C1, marks of direction, and line separators. Tab and newline are allowed.
 */
const COMMANDS = /(?![\t\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Clears the last line of the terminal before other output is written. */
let clearLine: (() => void) | undefined;

/**
 * Returns a text without terminal commands. Such characters are shown as JSON escapes, so that a line of JSON keeps its
 * meaning.
 */
export function harmless(text: string): string {
  const lines = text.replaceAll('\r\n', '\n');
  return lines.replaceAll(COMMANDS, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Returns a foreign text for this stream: harmless on a terminal; unchanged in a file or a pipe. */
export function shownOn(stream: { readonly isTTY?: boolean }, text: string): string {
  return stream.isTTY === true ? harmless(text) : text;
}

/** Writes a text without our colours to stdout. */
export function print(text: string): void {
  printColoured(shownOn(process.stdout, text));
}

/** Writes a text to stdout that is already harmless. */
export function printColoured(text: string): void {
  if (process.stdout.isTTY) clearLine?.();
  process.stdout.write(text);
}

/** Writes one line to stderr. */
export function note(line: string): void {
  if (process.stderr.isTTY) clearLine?.();
  process.stderr.write(`${shownOn(process.stderr, line)}\n`);
}

/** Sets the function that clears the terminal's last line; `undefined` if the line is free again. */
export function makeWayBy(clear: (() => void) | undefined): void {
  clearLine = clear;
}
