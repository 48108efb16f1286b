import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readDocument, type SmtDocument } from '../../kinds/smt/text/document.ts';
import { complain } from '../terminal/exit.ts';
import { note } from '../terminal/terminal.ts';
import { withoutMark } from '../text-files.ts';

/**
 * Reads the named .smt2 files, and those in the named folders. A file that cannot be read is an error on stderr, and
 * the command goes on with the others.
 */
export function readSmtFiles(names: readonly string[]): SmtDocument[] {
  const documents: SmtDocument[] = [];
  const seen = new Set<string>();
  for (const name of names) {
    for (const file of filesOf(name)) {
      if (seen.has(file)) continue;
      seen.add(file);
      const document = readFile(file);
      if (document !== undefined) documents.push(document);
    }
  }
  return documents;
}

function filesOf(name: string): string[] {
  try {
    if (name === '-') return [name];
    if (!statSync(name).isDirectory()) return [name];
    const found = readdirSync(name, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.smt2(\.gz)?$/.test(entry.name))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .sort();
    if (found.length === 0) complain(`${name}: no .smt2 file in this folder`);
    return found;
  } catch (error) {
    complain(describe(name, error));
    return [];
  }
}

/** Returns the text of a file; `-` is standard input. A file that ends in .gz is unpacked. */
function textOf(file: string): string {
  const bytes = readFileSync(file === '-' ? 0 : file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

function readFile(file: string): SmtDocument | undefined {
  try {
    const document = readDocument(withoutMark(textOf(file)), file);
    for (const { line, column, message } of document.notes) note(`${file}:${line}:${column}: note: ${message}`);
    if (document.goals.length === 0) note(`${file}: note: no goal (check-sat) in this file`);
    return document;
  } catch (error) {
    complain(describe(file, error));
    return undefined;
  }
}

function describe(name: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Record<string, string> = {
    ENOENT: 'no such file or folder',
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
  };
  if (code !== undefined && code in known) return `${name}: ${known[code]}`;
  return message.startsWith(name) ? message : `${name}: ${message}`;
}
