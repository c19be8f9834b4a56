// The app's icons for a phone's first screen: four steps of the ladder on the accent's ground, drawn as PNG.
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import * as zlib from "node:zlib";

const GROUND = [0x0e, 0x5a, 0x72];
// x, y, width, height and colour on a square of 48; the outer fifth stays free, so that a round mask cuts nothing.
const BARS = [
  [12, 27, 4.5, 9, [0x8d, 0xb7, 0xc2]],
  [18.5, 22, 4.5, 14, [0xb4, 0xd2, 0xda]],
  [25, 17, 4.5, 19, [0xd9, 0xe9, 0xed]],
  [31.5, 12, 4.5, 24, [0xff, 0xff, 0xff]],
];

// Node has crc32 since 22.2; older ones count it here.
const sum = zlib.crc32 || ((bytes) => {
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return ~value >>> 0;
});

function chunk(name, data) {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(name, "ascii"), data]);
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(sum(body) >>> 0);
  return Buffer.concat([head, body, tail]);
}

function png(size) {
  const lines = [];
  for (let y = 0; y < size; y += 1) {
    const line = Buffer.alloc(1 + size * 3);
    for (let x = 0; x < size; x += 1) {
      const [u, v] = [((x + 0.5) * 48) / size, ((y + 0.5) * 48) / size];
      const bar = BARS.find(([left, top, width, height]) => u >= left && u < left + width && v >= top && v < top + height);
      line.set(bar ? bar[4] : GROUND, 1 + x * 3);
    }
    lines.push(line);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", zlib.deflateSync(Buffer.concat(lines), { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

// Writes both sizes and returns {name: file with its hash}.
export async function appIcons(folder) {
  const made = {};
  for (const size of [192, 512]) {
    const data = png(size);
    const name = `icon-${size}.png`;
    const file = `icon-${size}-${createHash("sha256").update(data).digest("hex").slice(0, 8).toUpperCase()}.png`;
    await writeFile(path.join(folder, file), data);
    made[name] = file;
  }
  return made;
}
