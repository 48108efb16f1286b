import { readFileSync } from 'node:fs';
import { cwd } from 'node:process';
import { performanceNow } from '../../actors/tooling.ts';
import { checkDocument } from '../../kinds/rocq/proving/check-document.ts';
import type { RocqMemory } from '../../kinds/rocq/proving/memory.ts';
import type { RocqRunner } from '../../kinds/rocq/proving/run-task.ts';
import { type RocqDocument, readRocq } from '../../kinds/rocq/text/document.ts';
import { type FileReport, fileReportOf, skippedReport, unreadable } from './report.ts';

/**
 * The number of bytes of delegated proofs below which a file runs on one worker: a second engine would load for longer
 * than it helps.
 */
const SMALL = 20_000;

/** The settings of a check. */
export interface CheckSettings {
  readonly args: readonly string[];
  readonly coq?: string;
  readonly first: boolean;
  /** The most time for a proof in seconds. */
  readonly timeoutProof?: number;
  /** The memory of an engine in MB. */
  readonly maxRss?: number;
  /** The verdicts of earlier checks; small files are delegated too, so that only what changed runs. */
  readonly memory?: RocqMemory;
  readonly signal?: AbortSignal;
}

/** Reads a file as a document for these settings. @throws an error of the file system */
export function readDocumentOf(file: string, { args, coq }: Pick<CheckSettings, 'args' | 'coq'>): RocqDocument {
  return readRocq(readFileSync(file, 'latin1'), {
    file,
    args,
    folder: cwd(),
    ...(coq === undefined ? {} : { program: coq }),
  });
}

/** Checks a file. A file that cannot be read has an error. */
export async function checkFile(pool: RocqRunner, file: string, settings: CheckSettings): Promise<FileReport> {
  const begin = performanceNow();
  let document: RocqDocument;
  try {
    document = readDocumentOf(file, settings);
  } catch (error) {
    return unreadable(file, `it cannot be read: ${(error as Error).message}`);
  }
  const { first, timeoutProof, maxRss, memory, signal } = settings;
  try {
    const report = await checkDocument(pool, document, {
      first,
      ...(memory === undefined ? { small: SMALL } : { memory }),
      ...(timeoutProof === undefined ? {} : { timeoutMs: timeoutProof * 1000 }),
      ...(maxRss === undefined ? {} : { maxRss: maxRss * 1e6 }),
      ...(signal === undefined ? {} : { signal }),
    });
    return fileReportOf(file, report, performanceNow() - begin);
  } catch (error) {
    if (signal?.aborted) return skippedReport(file, 'the check was stopped');
    throw error;
  }
}
