import { type AnyKind, versionOf } from '../../actors/tooling.ts';
import { FleetError } from '../errors.ts';
import type { Look, NodeEntry } from './roll.ts';

/** Compares the kind of this program with that of the nodes. Texts that were compiled in different ways differ too. */
export class Versions {
  readonly #kind: string;
  readonly #isStrict: boolean;
  readonly #warned = new Set<string>();
  /** The version of the kind in this program. */
  readonly own: string;

  /** `isStrict`: other versions are refused; else this program warns of each node that has one. */
  constructor(kind: AnyKind, isStrict: boolean) {
    this.#kind = kind.name;
    this.#isStrict = isStrict;
    this.own = versionOf(kind);
  }

  /** Compares the version with those of all nodes that live. @throws {FleetError} KIND_VERSION if it is strict */
  check(look: Look): void {
    if (!this.#isStrict) return this.warn(look);
    for (const node of look.living.values()) {
      if (node.kind !== this.own) throw new FleetError('KIND_VERSION', `${this.#problem(node)}, or leave out strict`);
    }
  }

  /** Warns once of each node that has another version. */
  warn({ living }: Look): void {
    for (const node of living.values()) {
      if (node.kind === this.own || this.#warned.has(node.id)) continue;
      this.#warned.add(node.id);
      process.emitWarning(this.#problem(node), { code: 'STATEPOOL_KIND_VERSION' });
    }
  }

  #problem({ name, kind }: NodeEntry): string {
    const what = `the node ${name} has another version of the kind ${this.#kind}: ${kind}, and here it is ${this.own}`;
    return `${what}; start both from the same files`;
  }
}
