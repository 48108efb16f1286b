/** The face for the other folders of this package: what the command line, the inspector and the model tests share with the pool. */
export { asError, decodeError, describe, type EncodedError, isOf, wordsOf } from './errors/error-codec.ts';
export { StalledError, StrandedError, TaskCancelledError, TaskTimeoutError, UsageError } from './errors/errors.ts';
export { checkOptionNames, didYouMean } from './errors/legal-names.ts';
export { marshalPath } from './errors/marshal-path.ts';
export { quoted } from './errors/quoted.ts';
export type { Connection, Host } from './hosts/host.ts';
export { inlineHost } from './hosts/inline.ts';
export { bodyOf, outcomeOf, outcomeText, type SavedOptions, textOf, valueIn } from './journal/records.ts';
export { type AnyKind, checkKind } from './kind-module/check-kind.ts';
export { versionOf } from './kind-module/fingerprints.ts';
export { importModule, loadKind } from './kind-module/load-kind.ts';
export { LEDGER, type Ledger, type LedgerClient, type Live, type TaskId } from './ledger/ledger.ts';
export { Costs } from './observing/costs.ts';
export { nameTask } from './observing/task-name.ts';
export { checkRunOptions } from './options/run-options.ts';
export { listenToAbort } from './platform/abort-signal.ts';
export {
  AbortController,
  clearInterval,
  clearTimeout,
  dateNow,
  performanceNow,
  queueMicrotask,
  setImmediate,
  setInterval,
  setTimeout,
} from './platform/platform.ts';
