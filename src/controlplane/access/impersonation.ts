/** Acting as somebody else: every part of the other identity needs the right to `impersonate` it. */
import type { IncomingHttpHeaders } from 'node:http';
import { failure } from '../../kube/index.ts';
import type { Caller } from '../handlers/request.ts';
import type { Authorizer } from './authorizer.ts';

const EXTRA = 'impersonate-extra-';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
const AUTHENTICATED = 'system:authenticated';
const UNAUTHENTICATED = 'system:unauthenticated';

/** The caller as which the request goes on: itself, or whom its headers name. */
export function impersonate(caller: Caller, headers: IncomingHttpHeaders, authorizer: Authorizer): Caller {
  const name = one(headers['impersonate-user']) || undefined;
  const groups = many(headers['impersonate-group']);
  const uid = one(headers['impersonate-uid']) || undefined;
  const extra = extraOf(headers);
  const asked = name !== undefined || groups.length > 0 || uid !== undefined || Object.keys(extra).length > 0;
  if (!asked) return caller;
  if (name === undefined) throw failure('BadRequest', 'requested impersonation without a user: set Impersonate-User');
  requireRights(caller, authorizer, { name, groups, extra, ...(uid !== undefined && { uid }) });
  const account = SERVICE_ACCOUNT.exec(name);
  const implied = account ? ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`] : [];
  const given = groups.length > 0 ? groups : implied;
  return {
    name,
    ...(uid !== undefined && { uid }),
    groups: [...new Set([...given, ...membership(name, given)])],
    extra,
  };
}

/** Everybody is signed in or not: the impersonated one too, unless a group says so already. */
function membership(name: string, groups: readonly string[]): string[] {
  if (groups.includes(AUTHENTICATED) || groups.includes(UNAUTHENTICATED)) return [];
  return [name === 'system:anonymous' ? UNAUTHENTICATED : AUTHENTICATED];
}

function requireRights(caller: Caller, authorizer: Authorizer, { name, groups, uid, extra = {} }: Caller): void {
  const require = (group: string, resource: string, what: string, subresource?: string, namespace?: string) =>
    authorizer.require(caller, {
      kind: 'resource',
      verb: 'impersonate',
      group,
      resource,
      name: what,
      ...(subresource && { subresource }),
      ...(namespace && { namespace }),
    });
  const account = SERVICE_ACCOUNT.exec(name);
  if (account) require('', 'serviceaccounts', account[2]!, undefined, account[1]);
  else require('', 'users', name);
  for (const group of groups) require('', 'groups', group);
  if (uid !== undefined) require('authentication.k8s.io', 'uids', uid);
  for (const [key, values] of Object.entries(extra))
    for (const value of values) require('authentication.k8s.io', 'userextras', value, key);
}

function extraOf(headers: IncomingHttpHeaders): Record<string, string[]> {
  const entries = Object.entries(headers).filter(([name]) => name.startsWith(EXTRA));
  return Object.fromEntries(entries.map(([name, value]) => [decodedKey(name.slice(EXTRA.length)), many(value)]));
}

/** Keys that no header can hold come escaped; one that is not is meant as it is. */
function decodedKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Repeated headers; HTTP/1.1 joins them with commas, and names of groups may not hold one. */
function many(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).flatMap((v) => v.split(',')).map((v) => v.trim());
}
