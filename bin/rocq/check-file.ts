import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { checkDocument, isSmallFile } from '../../kinds/rocq/proving/check-document.ts';
import { RocqMemory } from '../../kinds/rocq/proving/memory.ts';
import type { RocqRunner } from '../../kinds/rocq/proving/run-task.ts';
import { type RocqDocument, readRocq } from '../../kinds/rocq/text/document.ts';
import { engineOptionsOf } from './input/engine-options.ts';
import type { Remembered } from './memory/remembered.ts';
import { type FileReport, fileReportOf, skippedReport, unreadable } from './report.ts';

/**
 * The number of bytes of delegated proofs below which a file runs on one worker: a second engine would load for longer
 * than it helps.
 */
export const SMALL = 32_000;

/** The settings of a check. */
export interface CheckSettings {
  readonly args: readonly string[];
  readonly coq?: string;
  readonly first: boolean;
  /** The most time for a proof in seconds. */
  readonly timeoutProof?: number;
  /** The memory of an engine in MB. */
  readonly maxRss?: number;
  /** Keeps the verdicts for later checks in this program; small files are delegated too, so that only what changed runs. */
  readonly memory?: RocqMemory;
  /** The proofs of earlier programs. */
  readonly remembered?: Remembered;
  /** The absolute paths of compiled files that a file does not need. */
  readonly without?: ReadonlySet<string>;
  readonly signal?: AbortSignal;
}

type ReadSettings = Pick<CheckSettings, 'args' | 'coq' | 'remembered' | 'without'>;

/** Reads a file as a document for these settings. @throws an error of the file system */
export function readDocumentOf(file: string, { remembered, ...settings }: ReadSettings): RocqDocument {
  const { args, coq } = settings;
  const source = readFileSync(file, 'latin1');
  // A file that loads the text of another one is new each time.
  const environment = /\bLoad\b/.test(source) ? randomUUID() : remembered?.environmentOf(settings);
  return readRocq(source, {
    ...engineOptionsOf(file, { args, ...(coq === undefined ? {} : { coq }) }),
    ...(environment === undefined ? {} : { environment }),
  });
}

/** Checks a file. A file that cannot be read has an error. */
export async function checkFile(pool: RocqRunner, file: string, settings: CheckSettings): Promise<FileReport> {
  let document: RocqDocument;
  try {
    document = readDocumentOf(file, settings);
  } catch (error) {
    return unreadable(file, `it cannot be read: ${(error as Error).message}`);
  }
  return checkRead(pool, file, document, settings);
}

/** Is `true` if one worker executes a whole file, as far as earlier programs know it. */
export function isSmall(document: RocqDocument, settings: CheckSettings): boolean {
  return isSmallFile(document, memoryOf(document, settings.remembered) ?? new RocqMemory(), SMALL);
}

/** Checks a file that was read as a document. */
export async function checkRead(
  pool: RocqRunner,
  file: string,
  document: RocqDocument,
  settings: CheckSettings,
): Promise<FileReport> {
  const { first, timeoutProof, maxRss, signal } = settings;
  const memory = settings.memory ?? memoryOf(document, settings.remembered);
  try {
    const report = await checkDocument(pool, document, {
      first,
      ...(settings.memory ? {} : { small: SMALL }),
      ...(memory ? { memory } : {}),
      ...(timeoutProof === undefined ? {} : { timeoutMs: timeoutProof * 1000 }),
      ...(maxRss === undefined ? {} : { maxRss: maxRss * 1e6 }),
      ...(signal === undefined ? {} : { signal }),
    });
    // What is printed is written.
    await settings.remembered?.written();
    return fileReportOf(file, report);
  } catch (error) {
    if (signal?.aborted) return skippedReport(file, 'the check was stopped');
    throw error;
  }
}

/** Returns the memory for a file. Nothing is remembered where the environment is not known. */
function memoryOf({ options }: RocqDocument, remembered: Remembered | undefined): RocqMemory | undefined {
  return options.environment === undefined ? undefined : remembered?.memory();
}
