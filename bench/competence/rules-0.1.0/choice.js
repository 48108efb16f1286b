/** The choice of the first rules: a worker takes the first task in the queue that it may take. */
export const choose = ({ queue }, _seat, cursor) => queue.first(cursor);

export const hasOwn = ({ queue }, _seat, cursor) => queue.first(cursor) !== undefined;

/** The first rules had no preference: whatever a worker may take is its own. */
export const isOwn = () => true;
