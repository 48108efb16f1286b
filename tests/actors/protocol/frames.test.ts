import test from 'ava';
import fc from 'fast-check';
import { encodeFrame, Frames } from '../../../actors/protocol/frames.ts';
import { type MessageToWorker, ToWorker } from '../../../actors/protocol/messages.ts';
import { isPlain } from '../../../actors/protocol/payloads/plain-json.ts';

/** Cuts bytes into pieces of the given lengths, in turns. */
function* piecesOf(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length] as number;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

const encode = (message: MessageToWorker) => encodeFrame(message, message[0] === ToWorker.Requests);

test('frames come out whole and in order, for any cuts of the pipe', (t) => {
  const plain = fc.jsonValue().filter(isPlain);
  const payload = fc.oneof(
    fc.jsonValue(),
    fc.uint8Array(),
    fc.date({ noInvalidDate: true }),
    fc.constant(new Map([[1, { a: 'ü€😀' }]])),
  );
  const message = fc.oneof(
    payload.map((value): MessageToWorker => [ToWorker.Request, value]),
    fc.array(plain, { minLength: 2 }).map((values): MessageToWorker => [ToWorker.Requests, values]),
  );
  const property = fc.property(
    fc.array(message, { maxLength: 6 }),
    fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
    (messages, lengths) => {
      const got: unknown[] = [];
      const frames = new Frames(
        (each) => got.push(each),
        (error) => t.fail(error.message),
      );
      for (const piece of piecesOf(Buffer.concat(messages.map(encode)), lengths)) frames.read(piece);
      t.deepEqual(got, structuredClone(messages));
    },
  );
  t.notThrows(() => fc.assert(property, { numRuns: 200, includeErrorInReport: true }));
});

test('bytes in a message have memory of their own', (t) => {
  const got: Uint8Array[] = [];
  const frames = new Frames(
    (each) => got.push((each as [number, Uint8Array])[1]),
    (error) => t.fail(error.message),
  );
  const frame = encode([ToWorker.Request, new Uint8Array([1, 2, 3, 4])]);
  const both = Buffer.concat([frame, frame]);
  frames.read(both);
  both.fill(0);
  new Uint8Array((got[0] as Uint8Array).buffer).fill(9);
  t.deepEqual([...(got[1] as Uint8Array)], [1, 2, 3, 4]);
});

test('a receiver that throws loses no later frame, and delays none', async (t) => {
  const got: unknown[] = [];
  const frames = new Frames(
    (each) => {
      got.push((each as [number, unknown])[1]);
      if (got.length === 1) throw new Error('no');
    },
    (error) => t.fail(error.message),
  );
  const bytes = Buffer.concat([1, 2, 3, 'the last'].map((value) => encode([ToWorker.Request, value])));
  t.throws(() => frames.read(bytes.subarray(0, -1)), { message: 'no' });
  await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual(got, [1, 2, 3]);
  frames.read(bytes.subarray(-1));
  t.deepEqual(got, [1, 2, 3, 'the last']);
});

test('a message that cannot be cloned is not written', (t) => {
  t.throws(() => encode([ToWorker.Request, () => {}]), { message: /could not be cloned/ });
});
