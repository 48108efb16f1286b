// A peer's worker that proves goals, as a worker of the proof kind does.
import { builtUrl } from '../../built.js';

const { default: proof } = await import(builtUrl('statepool/kinds/proof'));
const context = { workerId: 'bench:0:0', signal: new AbortController().signal, feedback() {} };

export default (request) => proof.perform(request, context);
