/** Who waits for one signal, and the listener that serves them all. */
interface Group {
  readonly acts: Set<() => void>;
  readonly tell: () => void;
}

/** A signal may be that of many thousand tasks: it has one listener, whoever waits for it. */
const groups = new WeakMap<AbortSignal, Group>();

/** Calls a function once when a signal is aborted; answers what forgets that. A signal that is aborted already calls nothing. */
export function listenToAbort(signal: AbortSignal, act: () => void): () => void {
  const group = groups.get(signal) ?? listenOnce(signal);
  // Its own function: the same one may be given twice.
  const each = () => act();
  group.acts.add(each);
  return () => {
    if (!group.acts.delete(each) || group.acts.size > 0 || groups.get(signal) !== group) return;
    groups.delete(signal);
    signal.removeEventListener('abort', group.tell);
  };
}

/** Whether something is an AbortSignal, that of another library or realm too. */
export function isAbortSignal(value: unknown): value is AbortSignal {
  const { aborted, addEventListener, removeEventListener } = (value ?? {}) as Partial<
    Record<keyof AbortSignal, unknown>
  >;
  return (
    typeof aborted === 'boolean' && typeof addEventListener === 'function' && typeof removeEventListener === 'function'
  );
}

function listenOnce(signal: AbortSignal): Group {
  const acts = new Set<() => void>();
  const group: Group = {
    acts,
    tell() {
      groups.delete(signal);
      for (const act of acts) act();
    },
  };
  groups.set(signal, group);
  signal.addEventListener('abort', group.tell, { once: true });
  return group;
}
