import type { RememberFlags } from '../memory/remembered.ts';

/** The flags of `statepool rocq`, as commander gives them. */
export interface RocqFlags extends RememberFlags {
  readonly size?: number;
  readonly host: 'process' | 'thread' | 'inline';
  readonly coq?: string;
  readonly project?: string;
  readonly engineFlag: readonly string[];
  readonly first: boolean;
  readonly certify: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly junit?: string;
  readonly query?: string;
  readonly at?: string;
  readonly lsp: boolean;
  readonly timeoutProof?: number;
  readonly maxRss?: number;
}
