import { fleets } from './subjects/fleet.js';
import { loadPeer, peers } from './subjects/peers.js';
import { rawChannel, rawPipe } from './subjects/raw.js';
import { ours } from './subjects/statepool.js';

/**
 * The measured subjects: each makes `{ run, destroy }` over `workers` workers. The peers run with their defaults, and in
 * their best modes.
 */
export const subjects = {
  ...ours,
  ...peers,
  ...fleets,
  'raw channel': rawChannel,
  'raw pipe': rawPipe,

  // The measuring program alone: each task is done at once.
  'timer alone': () => ({ run: async () => {}, destroy() {} }),

  // The queue alone, without a pool.
  'queue by cursor': () => ({ hasKeys: false }),
  'queue by keys': () => ({ hasKeys: true }),

  // The solver of the kinds alone.
  solver: () => ({}),
};

/** Loads a peer's module, as statepool's is loaded: a measured start is then only the pool's start. */
export const load = loadPeer;
