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

async function ask<T>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<T> {
  const answer = await reach(path, {
    method,
    headers: {
      'accept-language': currentLanguage(),
      ...(method !== 'GET' && { 'x-jdos-csrf': csrf }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  const text = await answer.text();
  const value: unknown = text === '' ? undefined : JSON.parse(text);
  if (!answer.ok) throw new Problem(answer.status, (value ?? {}) as Partial<Problem>, retryAfter(answer));
  return value as T;
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
