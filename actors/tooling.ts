/** The face for the other folders of this package: what the command line, the inspector and the model tests share with the pool. */
export { asError, isOf, wordsOf } from './errors/error-codec.ts';
export { quoted } from './errors/quoted.ts';
export type { Connection, Host } from './hosts/host.ts';
export { inlineHost } from './hosts/inline.ts';
export type { AnyKind } from './kind-module/check-kind.ts';
export { importModule, loadKind } from './kind-module/load-kind.ts';
export { Costs } from './observing/costs.ts';
export {
  AbortController,
  clearInterval,
  clearTimeout,
  dateNow,
  performanceNow,
  queueMicrotask,
  setInterval,
  setTimeout,
} from './platform/platform.ts';
