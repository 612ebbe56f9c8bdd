/** The engine's process: answers requests that come over its one pipe, and ends when that closes. */
import { Socket } from 'node:net';
import { getPriority, setPriority } from 'node:os';
import process from 'node:process';
import { encodeFrame, FrameReader } from '../frame.ts';
import type { Reply, Request } from '../message.ts';
import { Connections, type DatabaseSettings, openDatabase } from './database.ts';
import { faultOf } from './fault.ts';
import { parse } from './parser.ts';
import { describe, type Query, Reader, Stopped } from './reader.ts';
import { Writer } from './writer.ts';

const NOBODY = 65534;
/** Queries take every core there is; who reads clusters and answers people goes first. Threads inherit it. */
const NICE = 5;
const CANCELLED = { type: 'Interrupt', message: 'canceling statement due to user request' };

const settings = JSON.parse(process.argv[2] ?? '{}') as DatabaseSettings;
setPriority(Math.min(getPriority() + NICE, 19));
const database = await openDatabase(settings);
const connections = new Connections(database);
const writer = new Writer(await database.connect());
const readers = new Map<number, Reader>();
giveUpRoot();

const pipe = new Socket({ fd: 3, readable: true, writable: true });
const frames = new FrameReader<Request>();
pipe.on('data', (chunk: Buffer) => {
  for (const { id, message } of frames.push(chunk)) void answer(id, message);
});
pipe.on('close', () => process.exit());
pipe.on('error', () => process.exit());
send(0, { kind: 'done' });

async function answer(id: number, request: Request): Promise<void> {
  if (request.kind === 'more') return readers.get(id)?.more();
  if (request.kind === 'cancel') return readers.get(id)?.stop(CANCELLED);
  try {
    send(id, await replyTo(id, request));
  } catch (error) {
    const sql = 'sql' in request ? request.sql : '';
    send(id, { kind: 'failed', fault: error instanceof Stopped ? error.fault : faultOf(error, sql) });
  }
}

async function replyTo(id: number, request: Exclude<Request, { kind: 'more' | 'cancel' }>): Promise<Reply> {
  switch (request.kind) {
    case 'batch':
      await writer.write(request.batch);
      return { kind: 'done' };
    case 'parse':
      return { kind: 'parsed', parsed: await connections.use(undefined, (c) => parse(c, request.sql)) };
    case 'describe':
      return { kind: 'described', description: await connections.use(request.path, describing(request.sql)) };
    case 'query':
      await read(id, request);
      return { kind: 'done' };
  }
}

function describing(sql: string) {
  return async (connection: Parameters<Parameters<Connections['use']>[1]>[0]) => {
    const statement = await connection.prepare(sql);
    try {
      return describe(statement);
    } finally {
      statement.destroySync();
    }
  };
}

/** The reader is known before it has a connection, so that no cancellation comes too early. */
async function read(id: number, query: Query): Promise<void> {
  const reader = new Reader((reply) => send(id, reply));
  readers.set(id, reader);
  try {
    await connections.use(query.path, (connection) => reader.run(connection, query));
  } finally {
    readers.delete(id);
  }
}

function send(id: number, reply: Reply): void {
  pipe.write(encodeFrame(id, reply));
}

/**
 * The database is open and the code is loaded; nothing from here on needs any right. Only who is to work in directories
 * of its user stays that user.
 */
function giveUpRoot(): void {
  if (process.getuid?.() !== 0 || settings.directories.length > 0) return;
  process.setgroups?.([]);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}
