import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameDecoder } from './frame-decoder.js';
import { FrameError } from './frame-error.js';
import { MAX_FRAME_BYTES } from './framing.js';

function frame(body: Uint8Array): Buffer {
  const framed = Buffer.alloc(4 + body.length);
  framed.writeUInt32BE(body.length);
  framed.set(body, 4);
  return framed;
}

function announce(bytes: number): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(bytes);
  return header;
}

/** Cuts a stream after each of the given positions, which may repeat: an empty chunk is one too. */
function cut(stream: Buffer, positions: number[]): Buffer[] {
  const edges = [0, ...positions.toSorted((a, b) => a - b), stream.length];
  return edges.slice(1).map((edge, index) => Buffer.from(stream.subarray(edges[index], edge)));
}

function decodeAll(chunks: Buffer[], maxFrameBytes?: number): Buffer[] {
  const decoder = new FrameDecoder(maxFrameBytes === undefined ? {} : { maxFrameBytes });
  const frames = chunks.flatMap((chunk) => decoder.push(chunk));
  expect(decoder.pendingBytes).toBe(0);
  return frames;
}

describe('the same frames come out', () => {
  const bodies = ['', 'a', 'bc', '', 'a longer body', ''].map((text) => Buffer.from(text));
  const stream = Buffer.concat(bodies.map(frame));

  test('wherever a stream is cut in two, or in three', () => {
    for (let first = 0; first <= stream.length; first++) {
      expect(decodeAll(cut(stream, [first]))).toEqual(bodies);
      for (let second = first; second <= stream.length; second++) {
        expect(decodeAll(cut(stream, [first, second]))).toEqual(bodies);
      }
    }
  });

  test('byte by byte', () => {
    expect(decodeAll(cut(stream, [...stream.keys()]))).toEqual(bodies);
  });

  test('for any frames under any chunking', () => {
    const streams = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }).chain((bodies) => {
      const length = bodies.reduce((sum, body) => sum + 4 + body.length, 0);
      return fc.tuple(fc.constant(bodies), fc.array(fc.nat(length), { maxLength: 40 }));
    });
    fc.assert(
      fc.property(streams, ([bodies, positions]) => {
        const chunks = cut(Buffer.concat(bodies.map(frame)), positions);
        expect(decodeAll(chunks)).toEqual(bodies.map((body) => Buffer.from(body)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a frame that is too large', () => {
  test('is refused as soon as its length is there', () => {
    const decoder = new FrameDecoder({ maxFrameBytes: 10 });
    expect(decoder.push(announce(11).subarray(0, 3))).toEqual([]);
    expect(() => decoder.push(announce(11).subarray(3))).toThrow(
      expect.objectContaining({
        code: 'FRAME_TOO_LARGE',
        message: 'a frame of 11 bytes was announced, at most 10 are allowed',
      }),
    );
  });

  test('ends the stream: every later chunk is refused as well', () => {
    const decoder = new FrameDecoder({ maxFrameBytes: 10 });
    expect(() => decoder.push(announce(0xffffffff))).toThrow(FrameError);
    expect(() => decoder.push(frame(Buffer.from('ok')))).toThrow(FrameError);
  });

  test('takes the whole frames in front of it along', () => {
    const decoder = new FrameDecoder({ maxFrameBytes: 10 });
    const chunk = Buffer.concat([frame(Buffer.from('one')), frame(Buffer.from('two')), announce(11)]);
    expect(() => decoder.push(chunk)).toThrow(
      expect.objectContaining({ precedingFrames: [Buffer.from('one'), Buffer.from('two')] }),
    );
    expect(() => decoder.push(Buffer.alloc(1))).toThrow(expect.objectContaining({ precedingFrames: [] }));
  });

  test('is one above the limit, not one at the limit', () => {
    expect(decodeAll([frame(Buffer.alloc(10))], 10)).toHaveLength(1);
    expect(decodeAll([frame(Buffer.alloc(MAX_FRAME_BYTES))])).toHaveLength(1);
    expect(() => decodeAll([announce(MAX_FRAME_BYTES + 1)])).toThrow(FrameError);
  });

  test('is accepted once the limit is raised', () => {
    const decoder = new FrameDecoder({ maxFrameBytes: 2 });
    expect(decoder.push(frame(Buffer.from('hi')))).toHaveLength(1);
    decoder.maxFrameBytes = 5;
    expect(decoder.push(frame(Buffer.from('hello')))).toHaveLength(1);
  });
});

describe('fed and asked', () => {
  test('it answers one frame at a time, and holds each length against the limit of that moment', () => {
    const decoder = new FrameDecoder({ maxFrameBytes: 2 });
    decoder.feed(Buffer.concat([frame(Buffer.from('hi')), frame(Buffer.from('hello')), announce(7)]));
    expect(decoder.next()).toEqual(Buffer.from('hi'));
    decoder.maxFrameBytes = 5;
    expect(decoder.next()).toEqual(Buffer.from('hello'));
    expect(() => decoder.next()).toThrow(FrameError);
    decoder.feed(frame(Buffer.from('ok')));
    expect(() => decoder.next()).toThrow(FrameError);
  });

  test('chunks may come before the ones before were taken', () => {
    const decoder = new FrameDecoder();
    const stream = Buffer.concat([frame(Buffer.from('one')), frame(Buffer.from('two'))]);
    for (const chunk of cut(stream, [2, 5, 9])) decoder.feed(chunk);
    expect([decoder.next(), decoder.next(), decoder.next()]).toEqual([
      Buffer.from('one'),
      Buffer.from('two'),
      undefined,
    ]);
    expect(decoder.pendingBytes).toBe(0);
  });
});

describe('memory', () => {
  test('frames that nobody has asked for cost no more than their bytes', () => {
    const zeros = Buffer.alloc(65_536);
    const decoders = Array.from({ length: 200 }, () => new FrameDecoder());
    const before = process.memoryUsage().heapUsed;
    for (const decoder of decoders) {
      decoder.feed(zeros);
      decoder.next();
    }
    // As 16,384 empty frames each they would be some 300 MB.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
    expect(decoders[0]?.next()).toEqual(Buffer.alloc(0));
  });

  test('an announced length reserves nothing', () => {
    const before = process.memoryUsage().arrayBuffers;
    const decoders = Array.from({ length: 1000 }, () => new FrameDecoder());
    for (const decoder of decoders)
      decoder.push(Buffer.concat([announce(MAX_FRAME_BYTES), Buffer.alloc(16)]));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4_000_000);
    expect(decoders[0]?.pendingBytes).toBe(20);
  });

  test('a megabyte that arrives byte by byte is held once or twice, and quickly', () => {
    const stream = frame(Buffer.alloc(1_000_000, 7));
    const decoder = new FrameDecoder();
    const before = process.memoryUsage().arrayBuffers;
    for (let at = 0; at < stream.length - 1; at++) decoder.push(stream.subarray(at, at + 1));
    // The halves that growing left behind may not be collected yet: twice what arrived, and twice that.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4_500_000);
    const [held] = decoder.push(stream.subarray(-1));
    expect(held?.equals(stream.subarray(4))).toBe(true);
  });

  test('a frame that lies whole in a chunk is a view of it, one in pieces is not', () => {
    const chunk = frame(Buffer.from('view'));
    const [whole] = new FrameDecoder().push(chunk);
    const decoder = new FrameDecoder();
    const [pieced] = [chunk.subarray(0, 6), chunk.subarray(6)].flatMap((part) => decoder.push(part));
    chunk.fill(0);
    expect(whole).toEqual(Buffer.alloc(4));
    expect(pieced).toEqual(Buffer.from('view'));
  });
});

test('a chunk of very many small frames takes time in proportion', () => {
  const chunk = Buffer.concat(Array.from({ length: 200_000 }, () => frame(Buffer.from('tick'))));
  const started = performance.now();
  expect(new FrameDecoder().push(chunk)).toHaveLength(200_000);
  // 20 ms here. Copying the rest of the chunk for every frame would take minutes.
  expect(performance.now() - started).toBeLessThan(2_000);
});
