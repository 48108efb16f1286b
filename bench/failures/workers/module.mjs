// The worker of piscina and tinypool: the whole module is its function.
import perform from './deeds.cjs';

export default (task) => perform(task);
