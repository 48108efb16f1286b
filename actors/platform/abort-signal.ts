/** The callbacks that wait for one signal, and the one listener that calls them all. */
interface Group {
  readonly acts: Set<() => void>;
  readonly notify: () => void;
}

/** The group of each signal. A signal may belong to many thousand tasks, so all of them share one listener. */
const groups = new WeakMap<AbortSignal, Group>();

/**
 * Calls a function once when a signal is aborted, and returns a function that stops listening. A signal that is already
 * aborted calls nothing.
 */
export function listenToAbort(signal: AbortSignal, act: () => void): () => void {
  const group = groups.get(signal) ?? listenOnce(signal);
  // A function of its own, because the caller may give the same one twice.
  const each = () => act();
  group.acts.add(each);
  return () => {
    if (!group.acts.delete(each) || group.acts.size > 0 || groups.get(signal) !== group) return;
    groups.delete(signal);
    signal.removeEventListener('abort', group.notify);
  };
}

/** Returns whether a value is an AbortSignal. Signals of other libraries and realms count too. */
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
    notify() {
      groups.delete(signal);
      for (const act of acts) act();
    },
  };
  groups.set(signal, group);
  signal.addEventListener('abort', group.notify, { once: true });
  return group;
}
