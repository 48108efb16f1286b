// piscina's and tinypool's worker: the whole module is its function.
import perform from './deeds.cjs';

export default (task) => perform(task);
