import { type Command, Option } from 'commander';

/** The environment variable that holds the address of the broker, with its password. */
const VARIABLE = 'STATEPOOL_BROKER';

/** The flags of commands that work with a fleet. */
export interface BrokerFlags {
  /** The address of the broker, or `env`. */
  readonly broker?: string;
  readonly prefix?: string;
}

/** Adds the flags that name a broker. */
export function addBrokerFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--broker <url>',
        `the broker of a fleet: redis://, rediss:// or postgres://; env takes it from ${VARIABLE}, which keeps its password out of the list of processes`,
      ),
    )
    .option('--prefix <name>', "the prefix of Redis' keys, or the schema in Postgres (default: statepool)");
}

/**
 * Returns the address of the broker, and the options that go with it. Without `--broker` the environment variable counts.
 * @throws if there is none
 */
export function brokerOf({ broker = 'env', prefix }: BrokerFlags): { broker: string; prefix?: string } {
  const address = broker === 'env' ? process.env[VARIABLE] : broker;
  if (address === undefined || address === '') {
    throw new Error(`there is no broker: name its address with --broker, or in the variable ${VARIABLE}`);
  }
  return { broker: address, ...(prefix === undefined ? {} : { prefix }) };
}

/** Returns the address of a broker without the name and the password of its user. */
export function shownAddress(address: string): string {
  try {
    const url = new URL(address);
    url.username = '';
    url.password = '';
    url.search = '';
    return url.href;
  } catch {
    // The path of a socket.
    return address.startsWith('/') ? address : 'the broker';
  }
}
