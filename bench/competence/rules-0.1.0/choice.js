/** The choice of version 0.1.0: a worker takes the first task in the queue that it may take. */
export const choose = ({ queue }, _seat, cursor) => queue.first(cursor);

export const hasOwn = ({ queue }, _seat, cursor) => queue.first(cursor) !== undefined;

/** Version 0.1.0 had no preference: whatever a worker may take is its own. */
export const isOwn = () => true;
