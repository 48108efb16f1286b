// The worker of piscina and tinypool: the whole module is its function.
export default (task) => task;
