import { RocqError } from '../../kinds/rocq/engine/errors.ts';
import { problemOf } from '../../kinds/rocq/proving/report.ts';
import { type RocqRunner, runTask } from '../../kinds/rocq/proving/run-task.ts';
import type { RocqDocument } from '../../kinds/rocq/text/document.ts';
import { decoded, encoded, placeOf } from '../../kinds/rocq/text/places.ts';
import { SOME_FAILED } from '../terminal/exit-codes.ts';
import { print } from '../terminal/terminal.ts';
import { type CheckSettings, readDocumentOf } from './check-file.ts';
import { errorText } from './print.ts';

/**
 * Asks the engine a question in the state before a proof or a line of a file; by default at its end. Delegated proofs
 * before that are taken for admitted.
 */
export async function askFile(
  pool: RocqRunner,
  files: readonly string[],
  text: string,
  at: string | undefined,
  settings: CheckSettings,
): Promise<void> {
  const [file] = files;
  if (file === undefined || files.length !== 1) {
    throw new RocqError('ROCQ_USAGE', `--query needs exactly one file, but there are ${files.length}`);
  }
  const document = readDocumentOf(file, settings);
  const segment = at === undefined ? document.segments.length : segmentAt(document, file, at);
  const question = /\.\s*$/.test(text) ? text : `${text}.`;
  const result = await runTask(pool, { type: 'query', text: encoded(question), document, segment }, settings.signal);
  if (result?.type === 'answer') {
    print(`${decoded(result.text)}\n`);
    if (result.text.startsWith('Error: ')) process.exitCode = SOME_FAILED;
  } else if (result?.type === 'spineError') {
    print(errorText(file, problemOf(document, result.segment, result.error)));
    process.exitCode = SOME_FAILED;
  }
}

/** Returns the segment that begins at or after a line, or that proves a lemma. @throws {RocqError} ROCQ_USAGE */
function segmentAt({ segments, sentences, source }: RocqDocument, file: string, at: string): number {
  const line = /^\d+$/.test(at) ? Number(at) : undefined;
  const found = segments.findIndex(({ name, to }) => {
    if (line === undefined) return name === encoded(at);
    const { end } = sentences[to] ?? { end: 0 };
    return placeOf(source, end, end).line >= line;
  });
  if (found >= 0) return found;
  if (line !== undefined) return segments.length;
  throw new RocqError(
    'ROCQ_USAGE',
    `--at ${at}: ${file} has no proof of that name: give the name of a lemma, or a line`,
  );
}
