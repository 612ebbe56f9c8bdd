/**
 * KubeSQL over HTTP, for a socket that only its owner can reach: `POST /query` answers lines of JSON, `GET /tables` what
 * there is to ask, `GET /status` how fresh it is. Nothing here signs anybody in.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EngineError, type Plain, type ReadLimits } from '../../engine/index.ts';
import type { KubeSql } from '../kube-sql.ts';
import { answerLines } from './answer-lines.ts';
import { type Problem, problemOf } from './problem.ts';

export interface QueryBody {
  readonly sql: string;
  readonly parameters?: readonly Plain[];
  readonly limits?: Partial<ReadLimits>;
}

/** Longer questions are refused. */
const MOST_BYTES = 1 << 20;

export function httpFace(sql: KubeSql): Server {
  return createServer((request, response) => {
    void handle(sql, request, response).catch((error: unknown) => refuse(response, problemOf(error)));
  });
}

async function handle(sql: KubeSql, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = `${request.method} ${request.url?.split('?')[0]}`;
  if (route === 'POST /query') return query(sql, request, response);
  if (route === 'GET /tables') return json(response, await sql.visible('everything'));
  if (route === 'GET /status') return json(response, sql.statuses());
  const detail = 'there are POST /query, GET /tables and GET /status';
  refuse(response, { type: 'about:blank', title: 'not found', status: 404, detail, code: '42P01' });
}

async function query(sql: KubeSql, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('the asker went away')));
  const body = bodyOf(await textOf(request));
  const answer = await sql.ask({ ...body, user: 'owner', grants: 'everything', signal: gone.signal });
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  await pipeline(Readable.from(answerLines(answer)), response).catch(() => undefined);
}

function bodyOf(text: string): QueryBody {
  try {
    const body = JSON.parse(text) as Partial<QueryBody>;
    if (typeof body.sql === 'string') return { ...body, sql: body.sql };
  } catch {
    // Told below, in the same words.
  }
  throw new EngineError('22023', 'the body must be JSON with the text of the query under "sql"');
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new EngineError('54000', `a query may be ${MOST_BYTES} bytes long`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function refuse(response: ServerResponse, problem: Problem): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(problem.status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
}
