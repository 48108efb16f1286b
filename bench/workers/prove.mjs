// A peer's worker that proves goals: what a worker of the proof kind runs.
import proof from '../../dist/kinds/proof.js';

const context = { workerId: 'bench:0:0', signal: new AbortController().signal, feedback() {} };

export default (request) => proof.perform(request, context);
