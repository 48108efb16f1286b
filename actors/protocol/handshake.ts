import { decodeError, type EncodedError, wordsOf } from '../errors/error-codec.ts';
import { SpawnError } from '../errors/errors.ts';
import type { AnyKind } from '../kind-module/check-kind.ts';
import { hasOtherPerform, printsOf } from '../kind-module/fingerprints.ts';
import { type HelloMessage, type MessageToWorker, ToWorker, WIRE_VERSION } from './messages.ts';

/** Returns the problem with a worker's hello, or `undefined` if the worker serves this kind in this version. */
export function handshakeProblem(
  kind: AnyKind,
  worker: string,
  [, version, name, prints]: HelloMessage,
): string | undefined {
  if (version !== WIRE_VERSION || name !== kind.name) {
    const problem = `worker ${worker} serves ${name} in version ${version}, expected ${kind.name} in version ${WIRE_VERSION}`;
    return `${problem}: is the kind the default export of ${String(kind.url)}?`;
  }
  if (prints === undefined || !hasOtherPerform(printsOf(kind), prints)) return undefined;
  const problem = `the kind ${kind.name} has another perform than the default export of ${String(kind.url)}, and workers run the default export`;
  return `${problem}: put this kind into a module of its own`;
}

/**
 * Returns the answer to a worker's hello. `isMeasured`: the worker must report the memory that it holds. `concurrency`: it
 * performs so many requests at a time.
 */
export function welcome(worker: string, isMeasured: boolean, concurrency: number): MessageToWorker {
  return [ToWorker.Welcome, WIRE_VERSION, worker, isMeasured, concurrency];
}

/** Returns the error of a worker that reports that it could not start. */
export function failedStart(encoded: EncodedError): SpawnError {
  const cause = decodeError(encoded);
  return new SpawnError(wordsOf(cause), cause);
}
