// By name: the names of the module are then those of the class that it exports.
export {
  ArrayTaskQueue,
  default,
  FixedQueue,
  isWorkerThread,
  move,
  Piscina,
  Piscina as 'module.exports',
  queueOptionsSymbol,
  transferableSymbol,
  valueSymbol,
  version,
  workerData,
} from 'statepool/compat/piscina';
