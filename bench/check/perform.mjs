// The same perform as the kind's, as a function of piscina: each thread keeps the server of one project.
import { TypescriptSession } from '../../dist/kinds/typescript/checking/session.js';

const session = new TypescriptSession();
const signal = new AbortController().signal;

export default (task) => session.perform({ texts: {}, changes: [], seen: 0, ...task }, signal);
