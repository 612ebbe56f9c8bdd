/**
 * A few broken messages, always the same ones; all of them with
 * `JDOS_FUZZ=1000000 npx vitest run --project unit src/sql/pgwire/wire-fuzz.test.ts`.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testPod } from '../store.testing.ts';
import { TestFace } from './face.testing.ts';

const MESSAGES = Number(process.env.JDOS_FUZZ ?? 4000);
const PER_CONNECTION = 20;
const AT_A_TIME = 16;

let face: TestFace;
const unhandled: unknown[] = [];
const note = (error: unknown) => unhandled.push(error);
beforeAll(async () => {
  process.on('unhandledRejection', note);
  face = await TestFace.start({
    keeper: {
      verifier: () => undefined,
      known: (user) => ({ user, grants: async () => 'everything' }),
      token: async (token) => (token === 'let me in' ? { user: 'fuzz', grants: async () => 'everything' } : undefined),
    },
  });
  await face.store.put('Pod', [testPod('a')]);
});
afterAll(async () => {
  process.off('unhandledRejection', note);
  await face.stop();
});

/** A small generator, so that a failure can be had again. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function message(type: string, ...parts: (string | number | Buffer)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : typeof part === 'number' ? word(part) : part)),
  );
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function word(value: number): Buffer {
  return Buffer.from([(value >> 8) & 255, value & 255]);
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

const GOOD = [
  message('Q', 'select name from pods\0'),
  message('Q', 'select 1; select 2\0'),
  message('Q', 'insert into pods values (1)\0'),
  message('Q', 'begin\0'),
  message('Q', 'rollback\0'),
  message('Q', 'copy pods to stdout\0'),
  message('Q', "set application_name = 'x'\0"),
  message('Q', 'show all\0'),
  message('P', 's\0select $1::int, name from pods\0', 1, int32(23)),
  message('P', '\0select * from range(100)\0', 0),
  message('B', '\0s\0', 1, 1, 1, int32(4), int32(7), 1, 1),
  message('B', 'p\0\0', 0, 0, 0),
  message('D', 'Ss\0'),
  message('D', 'P\0'),
  message('E', '\0', int32(0)),
  message('E', 'p\0', int32(10)),
  message('C', 'Ss\0'),
  message('C', 'Pp\0'),
  message('S'),
  message('H'),
  message('d', 'data'),
  message('c'),
];

function mutated(good: Buffer, roll: (below: number) => number): Buffer {
  const bytes = Buffer.from(good);
  switch (roll(8)) {
    case 0:
      return bytes;
    case 1:
      bytes[roll(bytes.length)]! ^= 1 << roll(8);
      return bytes;
    case 2:
      return bytes.subarray(0, roll(bytes.length));
    case 3:
      bytes.writeInt32BE(roll(2 ** 16) - 100, 1);
      return bytes;
    case 4:
      bytes[roll(bytes.length)] = roll(256);
      return bytes;
    case 5:
      return Buffer.concat([bytes, Buffer.from([roll(256), roll(256)])]);
    case 6: {
      const at = 5 + roll(Math.max(1, bytes.length - 5));
      const longer = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(roll(20), roll(256)), bytes.subarray(at)]);
      longer.writeInt32BE(longer.length - 1, 1);
      return longer;
    }
    default:
      if (bytes.length > 7) bytes.writeInt16BE(roll(2 ** 16) - 2 ** 15, 5 + roll(bytes.length - 6));
      return bytes;
  }
}

function startup(): Buffer {
  const body = Buffer.concat([int32(196_608), Buffer.from('user\0fuzz\0\0')]);
  return Buffer.concat([int32(body.length + 4), body]);
}

async function open(): Promise<Socket> {
  const socket = connect(face.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(Buffer.concat([startup(), message('p', 'let me in\0')]));
  return socket;
}

/** How long a server that waits for the rest of a message is waited for. */
const SILENCE_MS = 150;
const TERMINATE = message('X');

/** Sends and reads along until the server ends it, or waits for what will not come; or leaves while it is answered. */
async function assault(messages: readonly Buffer[], leaves: boolean): Promise<void> {
  const socket = await open();
  socket.resume();
  socket.setTimeout(SILENCE_MS, () => socket.destroy());
  const bytes = Buffer.concat([...messages, TERMINATE]);
  if (leaves) socket.end(bytes);
  else socket.write(bytes);
  if (!socket.closed) await once(socket, 'close');
}

describe('the wire', () => {
  it(
    'takes many broken messages, and only their own connections suffer',
    async () => {
      const roll = dice(6);
      const begun = face.store.engine.pid;
      for (let sent = 0; sent < MESSAGES; sent += PER_CONNECTION * AT_A_TIME) {
        const batches = Array.from({ length: AT_A_TIME }, () =>
          Array.from({ length: PER_CONNECTION }, () => mutated(GOOD[roll(GOOD.length)]!, roll)),
        );
        await Promise.all(batches.map((messages, i) => assault(messages, i % 4 > 0)));
      }
      expect(unhandled).toEqual([]);
      expect(face.store.engine.pid).toBe(begun);
      expect(await face.store.rows('select name from pods')).toEqual([['a']]);
    },
    Math.max(60_000, MESSAGES * 5),
  );

  it('takes broken beginnings of connections', async () => {
    const roll = dice(7);
    for (let i = 0; i < Math.min(MESSAGES / 10, 5000); i++) {
      const socket = connect(face.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.resume();
      const bytes = mutated(startup(), roll);
      socket.end(bytes);
      if (!socket.closed) await once(socket, 'close');
    }
    expect(unhandled).toEqual([]);
    expect(await face.store.rows('select name from pods')).toEqual([['a']]);
  });

  it('38 a client that stops reading stops its query, not the server', async () => {
    const socket = await open();
    socket.pause();
    socket.write(message('Q', "select repeat('x', 1000) from range(500000)\0"));
    expect(await face.store.rows('select name from pods')).toEqual([['a']]);
    socket.destroy();
    expect(await face.store.rows('select count(*) from pods')).toEqual([[1n]]);
  });

  it('35 a cancellation with a wrong key stops nothing', async () => {
    const socket = connect(face.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.end(Buffer.concat([int32(16), int32(80_877_102), int32(1), int32(12_345)]));
    socket.resume();
    await once(socket, 'close');
    expect(await face.store.rows('select 1')).toEqual([[1]]);
  });
});
