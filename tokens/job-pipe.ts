import { closeSync, constants, openSync, readdirSync, readlinkSync, writeSync } from 'node:fs';
import net from 'node:net';

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** A way to read and write the bytes of a jobserver, one at a time. */
export interface JobPipe {
  /** Is true if the pipe came with the program, from make; false if it is a file that any program may open. */
  readonly isInherited: boolean;
  /** Sets the listeners. `onByte` returns whether to read on. */
  listen(onByte: (byte: number) => boolean, onFailure: (error: Error) => void): void;
  /** Starts to read, which keeps the program alive, or stops. */
  read(isOn: boolean): void;
  /** Writes a byte. @throws the error of the system */
  write(byte: number): void;
  close(): void;
}

/** Opens the jobserver at an address of make: `fifo:PATH`, or `R,W`. Returns none if it is not there. */
export function openJobPipe(address: string): JobPipe | undefined {
  const [, read, write] = /^(\d+),(\d+)$/.exec(address) ?? [];
  const isInherited = read !== undefined && write !== undefined;
  if (!isInherited && !address.startsWith('fifo:')) return undefined;
  if (isInherited && !isFromParent(read, write)) return undefined;
  const path = address.slice('fifo:'.length);
  try {
    // Open file descriptions of our own: make and its other jobs share theirs, and its flags.
    const input = openSync(isInherited ? `/proc/self/fd/${read}` : path, O_RDONLY | O_NONBLOCK);
    try {
      return pipeOf(input, openSync(isInherited ? `/proc/self/fd/${write}` : path, O_WRONLY), isInherited);
    } catch (error) {
      closeSync(input);
      throw error;
    }
  } catch {
    return undefined;
  }
}

/**
 * Returns whether two descriptors are the ends of one pipe that the parent process has, too. make closes its pipe in a
 * recipe without a `+`, and Node itself then has other files under these numbers.
 */
function isFromParent(read: string, write: string): boolean {
  try {
    const pipe = readlinkSync(`/proc/self/fd/${read}`);
    if (!pipe.startsWith('pipe:') || readlinkSync(`/proc/self/fd/${write}`) !== pipe) return false;
    const files = `/proc/${process.ppid}/fd`;
    return readdirSync(files).some((name) => linkAt(`${files}/${name}`) === pipe);
  } catch {
    return false;
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    // The parent has closed it meanwhile.
    return undefined;
  }
}

function pipeOf(input: number, output: number, isInherited: boolean): JobPipe {
  const byte = Buffer.alloc(1);
  let socket: net.Socket | undefined;
  let onByte: (byte: number) => boolean = () => false;
  let onFailure: (error: Error) => void = () => {};
  /** A socket polls, and its buffer of one byte keeps it from taking more than one slot at a time. */
  const connect = (): net.Socket => {
    const callback = () => onByte(byte[0] as number);
    // The types know `onread` only for connections.
    const options = { fd: input, readable: true, writable: false, onread: { buffer: byte, callback } };
    const made = new net.Socket(options as net.SocketConstructorOpts);
    made.on('error', (error) => onFailure(error));
    made.on('close', () => onFailure(new Error('its pipe has been closed')));
    return made;
  };
  return {
    isInherited,
    listen(heard, failed) {
      onByte = heard;
      onFailure = failed;
    },
    read(isOn) {
      if (isOn) {
        socket ??= connect();
        socket.ref();
        socket.resume();
      } else {
        socket?.pause();
        socket?.unref();
      }
    },
    write: (each) => void writeSync(output, Buffer.of(each)),
    close() {
      onFailure = () => {};
      if (socket === undefined) closeSync(input);
      else socket.destroy();
      closeSync(output);
    },
  };
}
