// piscina's and tinypool's worker: the whole module is its function.
import perform from './perform.cjs';

export default perform;
