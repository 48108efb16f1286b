import { readFileSync, writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

/** Makes a thumbnail of a PPM picture as a PNG file: each of its pixels is the mean of a square. */
export function thumbnail({ from, to, width }) {
  const source = readPpm(readFileSync(from));
  const step = Math.max(1, Math.floor(source.width / width));
  const [columns, rows] = [Math.floor(source.width / step), Math.floor(source.height / step)];
  const lines = Buffer.alloc(rows * (1 + columns * 3));
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      for (let c = 0; c < 3; c++)
        lines[y * (1 + columns * 3) + 1 + x * 3 + c] = mean(source, x * step, y * step, step, c);
    }
  }
  writeFileSync(to, pngOf(columns, rows, lines));
  return { to, width: columns, height: rows };
}

function readPpm(bytes) {
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 100));
  if (head === null) throw new TypeError('the picture is no binary PPM file with 255 levels');
  return { width: Number(head[1]), height: Number(head[2]), pixels: bytes.subarray(head[0].length) };
}

function mean({ width, pixels }, left, top, step, channel) {
  let sum = 0;
  for (let y = top; y < top + step; y++) {
    for (let x = left; x < left + step; x++) sum += pixels[(y * width + x) * 3 + channel];
  }
  return Math.round(sum / (step * step));
}

function pngOf(width, height, lines) {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([signature, ...parts]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
