/** piscina's worker: the whole module is its function. */
export default (task) => task;
