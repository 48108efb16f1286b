import { deserialize, serialize } from 'node:v8';

/** The bytes of a frame's length, in front of it. */
const HEAD = 4;

/** Writes a value as a frame: its length, then its bytes. */
export function writeFrame(stream, value) {
  const bytes = serialize(value);
  const head = Buffer.allocUnsafe(HEAD);
  head.writeUInt32LE(bytes.length);
  stream.cork();
  stream.write(head);
  stream.write(bytes);
  stream.uncork();
}

/** Calls `use` with the value of each frame that arrives. */
export function readFrames(stream, use) {
  let parts = [];
  let length = 0;
  let needed = HEAD;
  stream.on('data', (data) => {
    parts.push(data);
    length += data.length;
    if (length < needed) return;
    let rest = Buffer.concat(parts);
    while (rest.length >= HEAD) {
      const end = HEAD + rest.readUInt32LE();
      if (rest.length < end) break;
      use(deserialize(rest.subarray(HEAD, end)));
      rest = rest.subarray(end);
    }
    needed = rest.length < HEAD ? HEAD : HEAD + rest.readUInt32LE();
    parts = [rest];
    length = rest.length;
  });
}
