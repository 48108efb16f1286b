import { UsageError } from '../actors/index.ts';
import { quoted, setTimeout } from '../actors/tooling.ts';
import { type Environment, isStrict, warnOfFailure } from './failure.ts';
import { ManagerLink } from './manager/link.ts';
import type { TokenPriority, TokenSource } from './source.ts';

/** The wait before another try to reach a manager that has failed, in a program that waits for it. In ms. */
const RETRY = 1000;

/** The names of the variable with the manager's address: Rocq's, and that of its versions named Coq. */
const NAMES = ['ROCQWORKMGR_SOCK', 'COQWORKMGR_SOCK'] as const;

/**
 * Makes a client of the work manager that the environment names: of `statepool workmgr`, `rocqworkmgr` or `coqworkmgr`.
 * Programs with the same manager, such as Rocq's own workers, share its budget. Returns none if the environment names no
 * manager: then a pool has no budget. The connection is made with the first task. A manager that fails does not stop the
 * program: it goes on without a budget, with one process warning. With `STATEPOOL_TOKENS=strict` its tasks wait.
 *
 * OCaml: `CoqworkmgrApi.init` (stm/coqworkmgrApi.ml).
 *
 * @throws {UsageError} when the address is not a host and a port
 *
 * @example
 * import { workManager } from 'statepool/tokens';
 *
 * await using pool = createPool(kind, { size: 8, tokens: workManager() });
 */
export function workManager(env: Environment = process.env): TokenSource | undefined {
  const name = NAMES.find((each) => (env[each] ?? '') !== '');
  if (name === undefined) return undefined;
  const address = env[name] as string;
  const [, host = '', port = ''] = /^(.+):(\d+)$/.exec(address) ?? [];
  if (host === '' || Number(port) < 1 || Number(port) > 65_535)
    throw new UsageError(
      `${name} is ${quoted(address)}: it must be a host and a port, as statepool workmgr prints them; or unset it`,
    );
  return new ManagerClient({ host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }, isStrict(env));
}

/** A client with one connection for each priority that is used: a manager learns the priority in the first line. */
class ManagerClient implements TokenSource {
  readonly #address: { readonly host: string; readonly port: number };
  readonly #isStrict: boolean;
  readonly #links = new Map<TokenPriority, ManagerLink>();
  #hasFailed = false;
  #isClosed = false;

  constructor(address: { readonly host: string; readonly port: number }, strict: boolean) {
    this.#address = address;
    this.#isStrict = strict;
  }

  /** The manager does not say who else waits. */
  get isContended(): boolean {
    return !this.#isUnlimited;
  }

  get #isUnlimited(): boolean {
    return this.#hasFailed && !this.#isStrict;
  }

  ask(n: number, priority: TokenPriority, onGrant: (n: number) => void): () => void {
    const link = this.#linkFor(priority);
    const giveUp = link.waits.add(n, priority, onGrant);
    if (this.#isUnlimited || this.#isClosed) link.waits.grantAll();
    else link.ask();
    return () => {
      giveUp();
      link.rest();
    };
  }

  give(n: number): void {
    for (let i = 0; i < n; i++) {
      for (const link of this.#links.values()) if (link.give()) break;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const links = [...this.#links.values()];
    await Promise.all(links.map((link) => link.close()));
    // A pool that outlives its source goes on without a budget.
    for (const { waits } of links) waits.grantAll();
  }

  #linkFor(priority: TokenPriority): ManagerLink {
    const known = this.#links.get(priority);
    if (known !== undefined) return known;
    const link = new ManagerLink(this.#address, priority, (error) => this.#fail(link, error));
    this.#links.set(priority, link);
    return link;
  }

  #fail(link: ManagerLink, error: Error): void {
    if (this.#isClosed) return;
    const { host, port } = this.#address;
    if (!this.#hasFailed) warnOfFailure(`the work manager at ${host}:${port}`, error, this.#isStrict);
    this.#hasFailed = true;
    if (!this.#isStrict) for (const each of this.#links.values()) each.waits.grantAll();
    else if (!link.waits.isEmpty) setTimeout(() => link.ask(), RETRY);
  }
}
