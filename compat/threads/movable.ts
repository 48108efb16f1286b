import { types } from 'node:util';

type Marked = Readonly<Record<symbol, unknown>>;

/** The symbols by which one library marks the values that move, and its functions for them. */
export interface Movables {
  readonly transferable: symbol;
  readonly value: symbol;
  isTransferable(value: unknown): value is Marked;
  isMovable(value: unknown): value is Marked;
  markMovable(value: object): void;
  move<T>(value: T): T;
}

/** Makes the symbols and functions of a library; the first two symbols are those that the library itself has. */
export function movablesOf(library: string): Movables {
  const transferable = Symbol.for(`${library}.transferable`);
  const value = Symbol.for(`${library}.valueOf`);
  const mark = Symbol.for(`${library}.movable`);

  function isTransferable(given: unknown): given is Marked {
    return given !== null && typeof given === 'object' && transferable in given && value in given;
  }

  function markMovable(given: object): void {
    Object.defineProperty(given, mark, { enumerable: false, configurable: true, writable: true, value: true });
  }

  return {
    transferable,
    value,
    isTransferable,
    isMovable: (given): given is Marked => isTransferable(given) && given[mark] === true,
    markMovable,
    move(given) {
      if (given === null || typeof given !== 'object') return given;
      const moved = isTransferable(given)
        ? given
        : { [transferable]: types.isArrayBufferView(given) ? given.buffer : given, [value]: given };
      markMovable(moved);
      return moved as typeof given;
    },
  };
}

/** Takes a movable value apart: returns the value to send, and the list of what moves with it. */
export function sent(
  { isMovable, transferable, value }: Movables,
  given: unknown,
  list: readonly unknown[] = [],
): { readonly value: unknown; readonly transfer: readonly unknown[] } {
  if (!isMovable(given)) return { value: given, transfer: list };
  // One object, or a list.
  return { value: given[value], transfer: list.concat(given[transferable]) };
}
