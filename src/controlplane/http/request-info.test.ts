import { expect, it } from 'vitest';
import { parseResourceRequest } from './request-info.ts';

it.each([
  ['GET', '/api/v1/pods', { verb: 'list', group: '', version: 'v1', plural: 'pods' }],
  ['GET', '/api/v1/pods?watch=true', { verb: 'watch', group: '', version: 'v1', plural: 'pods' }],
  ['GET', '/api/v1/pods?watch=0', { verb: 'list', group: '', version: 'v1', plural: 'pods' }],
  [
    'GET',
    '/api/v1/namespaces/shop/pods/web',
    { verb: 'get', group: '', version: 'v1', namespace: 'shop', plural: 'pods', name: 'web' },
  ],
  ['GET', '/api/v1/namespaces/shop', { verb: 'get', group: '', version: 'v1', plural: 'namespaces', name: 'shop' }],
  [
    'PUT',
    '/api/v1/namespaces/shop/finalize',
    { verb: 'update', group: '', version: 'v1', plural: 'namespaces', name: 'shop', subresource: 'finalize' },
  ],
  [
    'POST',
    '/apis/apps/v1/namespaces/shop/deployments',
    { verb: 'create', group: 'apps', version: 'v1', namespace: 'shop', plural: 'deployments' },
  ],
  [
    'PATCH',
    '/apis/apps/v1/namespaces/a/deployments/b/scale',
    {
      verb: 'patch',
      group: 'apps',
      version: 'v1',
      namespace: 'a',
      plural: 'deployments',
      name: 'b',
      subresource: 'scale',
    },
  ],
  [
    'DELETE',
    '/api/v1/namespaces/shop/pods',
    { verb: 'deletecollection', group: '', version: 'v1', namespace: 'shop', plural: 'pods' },
  ],
  ['GET', '/api/v1/nodes/a%2Fb', { verb: 'get', group: '', version: 'v1', plural: 'nodes', name: 'a/b' }],
  [
    'GET',
    '/api/v1/secrets?watch=1&fieldSelector=metadata.name%3Da',
    { verb: 'watch', group: '', version: 'v1', plural: 'secrets', name: 'a' },
  ],
  [
    'GET',
    '/api/v1/secrets?fieldSelector=metadata.name!%3Da',
    { verb: 'list', group: '', version: 'v1', plural: 'secrets' },
  ],
  [
    'GET',
    '/api/v1/secrets?fieldSelector=metadata.name%3D..',
    { verb: 'list', group: '', version: 'v1', plural: 'secrets' },
  ],
  ['GET', '/api/v1/secrets?fieldSelector=rubbish', { verb: 'list', group: '', version: 'v1', plural: 'secrets' }],
  [
    'DELETE',
    '/api/v1/secrets?fieldSelector=metadata.name%3Da',
    { verb: 'deletecollection', group: '', version: 'v1', plural: 'secrets' },
  ],
  ['GET', '/api/v1/nodes/a?watch=true', { verb: 'get', group: '', version: 'v1', plural: 'nodes', name: 'a' }],
  ['GET', '/api/v1', undefined],
  ['GET', '/apis/apps/v1', undefined],
  ['GET', '/api/v1/pods/%zz', undefined],
  ['OPTIONS', '/api/v1/pods', undefined],
])('%s %s', (method, target, expected) => {
  const url = new URL(target, 'https://localhost');
  expect(parseResourceRequest(method, url.pathname, url.searchParams)).toEqual(expected);
});
