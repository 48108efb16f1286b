// The worker of piscina and tinypool: the whole module is its function.
import perform from '../perform.cjs';

export default perform;
