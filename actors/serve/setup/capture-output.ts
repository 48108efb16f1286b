import type { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { ToMaster } from '../../protocol/messages.ts';
import { openChannel } from '../channel.ts';

/** The most bytes of output in one message: the length of a string is limited. */
const PIECE = 2 ** 20;

/**
 * Sends the output of a thread to the master as messages, at once and in order: the bytes that would go into a pipe,
 * read as UTF-8. The thread's own output streams would not do. Its event loop pumps them, they lose their end when the
 * thread dies, and they keep the program alive while they are read.
 */
export function captureOutput(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const decoder = new StringDecoder('utf8');
    const send = (text: string) => {
      if (text !== '') openChannel().post([ToMaster.Output, name, text]);
    };
    const stream = process[name] as unknown as Writable;
    // Chunks that were written to a corked stream come one by one too.
    Object.assign(stream, { _writev: null });
    stream._write = (chunk: string | Uint8Array, encoding, done) => {
      const bytes =
        typeof chunk === 'string'
          ? Buffer.from(chunk, encoding)
          : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      for (let at = 0; at < bytes.length; at += PIECE) send(decoder.write(bytes.subarray(at, at + PIECE)));
      done();
    };
    process.on('exit', () => send(decoder.end()));
  }
}
