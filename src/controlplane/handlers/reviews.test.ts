import { expect, it } from 'vitest';
import { MASTER, namespace, rule, TestPlane } from '../plane.testing.ts';

const AUTHORIZATION = 'authorization.k8s.io';
const plane = await TestPlane.start();
await plane.put(namespace('shop'));
await plane.allow('ann', [rule('create', AUTHORIZATION, 'localsubjectaccessreviews')], 'shop');
await plane.allow('bob', [rule('get', '', 'secrets')]);

const spec = (more: object) => ({ user: 'bob', ...more });
const attributes = (namespace?: string) => ({ verb: 'get', resource: 'secrets', ...(namespace && { namespace }) });

it.each<[string, object, number]>([
  ['its own namespace', { resourceAttributes: attributes('shop') }, 201],
  ['another namespace', { resourceAttributes: attributes('bank') }, 422],
  ['the whole cluster', { resourceAttributes: attributes() }, 422],
  ['a path', { nonResourceAttributes: { verb: 'get', path: '/metrics' } }, 422],
])('a local review may ask about %s: %j', async (_, asked, status) => {
  const kind = 'LocalSubjectAccessReview';
  const body = { kind, apiVersion: `${AUTHORIZATION}/v1`, metadata: { namespace: 'shop' }, spec: spec(asked) };
  const answer = await plane.ask('ann', 'POST', `/apis/${AUTHORIZATION}/v1/namespaces/shop/localsubjectaccessreviews`, {
    body,
  });
  expect(answer.status).toBe(status);
  if (status === 201) expect(answer.body.status.allowed).toBe(true);
});

it.each<[string, object, boolean | number]>([
  ['what it holds', { resourceAttributes: attributes('any') }, true],
  ['what it does not hold', { resourceAttributes: { ...attributes(), verb: 'list' } }, false],
  ['a path', { nonResourceAttributes: { verb: 'get', path: '/metrics' } }, false],
  ['both', { resourceAttributes: attributes(), nonResourceAttributes: { path: '/' } }, 422],
  ['nothing', {}, 422],
])('a review of a user answers to %s: %j', async (_, asked, expected) => {
  const body = { kind: 'SubjectAccessReview', apiVersion: `${AUTHORIZATION}/v1`, spec: spec(asked) };
  const answer = await plane.ask(MASTER, 'POST', `/apis/${AUTHORIZATION}/v1/subjectaccessreviews`, { body });
  if (typeof expected === 'number') expect(answer.status).toBe(expected);
  else expect(answer.body.status.allowed).toBe(expected);
});
