/** Asks the server. Changes carry the session's CSRF token; refusals are thrown as Problem, silence as ServerAway. */
import { currentLanguage } from '../words/index.ts';
import { Problem, ServerAway } from './problem.ts';

let csrf = '';

/** Told by every answer that names who is signed in. */
export function rememberCsrf(token: string): void {
  csrf = token;
}

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>('GET', path, undefined, signal);
}

export function send<T = void>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<T> {
  return ask<T>(method, path, body);
}

/** A body that comes in pieces, as text; what is asked goes as a form if there is one. @throws Problem, ServerAway */
export async function* openText(path: string, signal: AbortSignal, body?: object): AsyncGenerator<string> {
  const answer = await reach(path, { ...requestOf(body ? 'POST' : 'GET', body), signal });
  if (!answer.ok) throw await refusalIn(answer);
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) yield part.value;
}

/** The WebSocket of this path. The token goes as a subprotocol: no header can be added, and a URL is no place for it. */
export function openSocket(path: string, protocol: string): WebSocket {
  const { protocol: scheme, host } = window.location;
  return new WebSocket(`${scheme === 'https:' ? 'wss' : 'ws'}://${host}/api/v1${path}`, [protocol, csrf]);
}

async function refusalIn(answer: Response): Promise<Problem> {
  const text = await answer.text();
  return new Problem(answer.status, (text === '' ? {} : JSON.parse(text)) as Partial<Problem>, retryAfter(answer));
}

async function ask<T>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<T> {
  const answer = await reach(path, { ...requestOf(method, body), ...(signal && { signal }) });
  if (!answer.ok) throw await refusalIn(answer);
  const text = await answer.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

function requestOf(method: string, body: object | undefined): RequestInit {
  return {
    method,
    headers: {
      'accept-language': currentLanguage(),
      ...(method !== 'GET' && { 'x-jdos-csrf': csrf }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  };
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`/api/v1${path}`, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ServerAway('the server does not answer', { cause });
  }
}

function retryAfter(answer: Response): number | undefined {
  const header = answer.headers.get('retry-after');
  return header === null ? undefined : Number(header);
}
