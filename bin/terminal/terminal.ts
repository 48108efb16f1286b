/**
 * What a terminal takes for a command, or what turns the order of what it shows: C0, DEL, C1, marks of direction, and separators
 * of lines that not all terminals know. A tab and a newline are none.
 */
const COMMANDS = /(?![\t\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** What stands on the last line of the terminal; it is taken away before something is written there. */
let clearLine: (() => void) | undefined;

/** A text that commands no terminal: what would is shown as JSON writes it, so that a line of JSON means what it meant. */
export function harmless(text: string): string {
  const lines = text.replaceAll('\r\n', '\n');
  return lines.replaceAll(COMMANDS, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A text of somebody else's, as it may stand on this stream: harmless on a terminal; in a file or a pipe as it is. */
export function shownOn(stream: { readonly isTTY?: boolean }, text: string): string {
  return stream.isTTY === true ? harmless(text) : text;
}

/** Writes to stdout what has no colours of ours. */
export function print(text: string): void {
  printColoured(shownOn(process.stdout, text));
}

/** Writes to stdout what is harmless already. */
export function printColoured(text: string): void {
  if (process.stdout.isTTY) clearLine?.();
  process.stdout.write(text);
}

/** Writes one line to stderr. */
export function note(line: string): void {
  if (process.stderr.isTTY) clearLine?.();
  process.stderr.write(`${shownOn(process.stderr, line)}\n`);
}

/** Something stands on the terminal's last line from now on; `undefined`: no more. */
export function makeWayBy(clear: (() => void) | undefined): void {
  clearLine = clear;
}
