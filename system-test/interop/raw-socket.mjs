/** A WebSocket spoken by hand over TCP, for what no decent library would send. */
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { Violation, streamAddress } from './lib.mjs';

const PATIENCE_MS = 20_000;
const CLOSE = 0x8;

export const TEXT = 0x81;

/** One frame; `masked: false` and any bytes are possible. */
export function frame(first, payload, { masked = true } = {}) {
  const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff];
  const header = Buffer.from([first, length[0] | (masked ? 0x80 : 0), ...length.slice(1)]);
  if (!masked) return Buffer.concat([header, payload]);
  const mask = randomBytes(4);
  return Buffer.concat([header, mask, payload.map((byte, index) => byte ^ mask[index % 4])]);
}

/** Opens a stream with `token`, sends `bytes` after the upgrade, and gives the close code that the server answers with. */
export function closeCodeAfter(url, token, bytes) {
  return new Promise((resolve, reject) => {
    const address = new URL(streamAddress(url));
    const socket = connect(Number(address.port), address.hostname);
    const timer = setTimeout(() => done(reject, new Violation(`no close frame in ${PATIENCE_MS} ms`)), PATIENCE_MS);
    let received = Buffer.alloc(0);
    let upgraded = false;
    const done = (settle, value) => {
      clearTimeout(timer);
      socket.destroy();
      settle(value);
    };
    socket.on('connect', () => socket.write(upgrade(address, token)));
    socket.on('error', (error) => done(reject, new Violation(`the connection broke: ${error.message}`)));
    socket.on('close', () => done(reject, new Violation('the connection ended without a close frame')));
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      const end = received.indexOf('\r\n\r\n');
      if (!upgraded && end >= 0) {
        const status = received.subarray(0, end).toString().split('\r\n')[0];
        if (!status.includes(' 101 ')) return done(reject, new Violation(`upgrade: ${status}`));
        upgraded = true;
        received = received.subarray(end + 4);
        socket.write(bytes);
      }
      const code = upgraded ? closeCodeIn(received) : null;
      if (code !== null) done(resolve, code);
      return undefined;
    });
  });
}

function upgrade(address, token) {
  const key = createHash('sha1').update(randomBytes(16)).digest().subarray(0, 16).toString('base64');
  return [
    `GET ${address.pathname}${address.search} HTTP/1.1`,
    `Host: ${address.host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: heddle.v1',
    `Authorization: Bearer ${token}`,
    '\r\n',
  ].join('\r\n');
}

/** The code of the first close frame among whole unmasked frames, 1005 if it has none, or null. */
function closeCodeIn(bytes) {
  for (let at = 0; at + 2 <= bytes.length; ) {
    const short = bytes[at + 1] & 0x7f;
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (at + 2 + extra > bytes.length) return null;
    const length = extra === 2 ? bytes.readUInt16BE(at + 2) : extra === 8 ? Number(bytes.readBigUInt64BE(at + 2)) : short;
    const start = at + 2 + extra;
    if (start + length > bytes.length) return null;
    if ((bytes[at] & 0x0f) === CLOSE) return length >= 2 ? bytes.readUInt16BE(start) : 1005;
    at = start + length;
  }
  return null;
}
