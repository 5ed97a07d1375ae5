/**
 * As much of WebSocket (RFC 6455) as a client needs that only listens. A thousand of them share the processor with what
 * they measure, so they take apart frames and nothing more.
 */

export function upgradeRequest(port: number): string {
  return (
    `GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
  );
}

/** A text frame with a mask of zeros, which leaves the text as it is. */
export function requestFrame(request: object): Buffer {
  const text = Buffer.from(JSON.stringify(request));
  if (text.length > 0xffff) throw new RangeError('a request is short');
  const header = Buffer.alloc(8);
  header[0] = 0x81;
  header[1] = 0x80 | 126;
  header.writeUInt16BE(text.length, 2);
  return Buffer.concat([header, text]);
}

const TEXT = 1;

/** Cuts a stream into frames; the reply to the upgrade comes before them. */
export class FrameReader {
  readonly #onText: (payload: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);
  #upgraded = false;

  constructor(onText: (payload: Buffer) => void) {
    this.#onText = onText;
  }

  read(chunk: Buffer): void {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (!this.#upgraded) {
      const end = data.indexOf('\r\n\r\n');
      if (end >= 0) {
        this.#upgraded = true;
        data = data.subarray(end + 4);
      }
    }
    while (this.#upgraded && data.length >= 2) {
      const short = data[1]!;
      const header = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (data.length < header) break;
      const length =
        short < 126 ? short : short === 126 ? data.readUInt16BE(2) : Number(data.readBigUInt64BE(2));
      if (data.length < header + length) break;
      if ((data[0]! & 0x0f) === TEXT) this.#onText(data.subarray(header, header + length));
      data = data.subarray(header + length);
    }
    this.#rest = data;
  }
}
