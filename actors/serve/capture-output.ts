import type { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { ToMaster } from '../protocol/messages.ts';
import { openChannel } from './channel.ts';

/** So many bytes go along at a time: a string has an end. */
const PIECE = 2 ** 20;

/**
 * A thread's own output streams are pumped by its event loop, lose their end when it dies, and keep the program alive while
 * anybody reads them. So what it writes goes to the master as messages, at once and in order: the bytes that would go into a
 * pipe, read as UTF-8.
 */
export function captureOutput(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const decoder = new StringDecoder('utf8');
    const tell = (text: string) => {
      if (text !== '') openChannel().post([ToMaster.Output, name, text]);
    };
    const stream = process[name] as unknown as Writable;
    // What is written while the stream is corked comes one by one too.
    Object.assign(stream, { _writev: null });
    stream._write = (chunk: string | Uint8Array, encoding, done) => {
      const bytes =
        typeof chunk === 'string'
          ? Buffer.from(chunk, encoding)
          : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      for (let at = 0; at < bytes.length; at += PIECE) tell(decoder.write(bytes.subarray(at, at + PIECE)));
      done();
    };
    process.on('exit', () => tell(decoder.end()));
  }
}
