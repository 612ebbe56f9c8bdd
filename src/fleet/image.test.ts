import { expect, test } from 'vitest';
import { fullName, imageBytes, imageID, parseImage, pullPolicy } from './image.ts';

test.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.27', 'docker.io/library/nginx:1.27'],
  ['bitnami/redis:7', 'docker.io/bitnami/redis:7'],
  ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
  ['localhost:5000/a/b', 'localhost:5000/a/b:latest'],
  ['localhost/a', 'localhost/a:latest'],
  [`nginx@sha256:${'a'.repeat(64)}`, `docker.io/library/nginx@sha256:${'a'.repeat(64)}`],
])('%s is %s', (name, full) => {
  expect(fullName(name)).toBe(full);
});

test.each(['', 'NGINX', 'nginx:', 'a b', 'nginx:1:2', '-x', 'a//b', 'x@sha256:1'])('%j is no image name', (name) => {
  expect(parseImage(name)).toBeUndefined();
  expect(fullName(name)).toBe(name);
});

test('the same image has the same digest and size everywhere', () => {
  expect(imageID('nginx')).toBe(imageID('docker.io/library/nginx:latest'));
  expect(imageID('nginx')).toMatch(/^docker\.io\/library\/nginx@sha256:[0-9a-f]{64}$/);
  expect(imageBytes('nginx')).toBe(imageBytes('docker.io/library/nginx:latest'));
  expect(imageBytes('nginx')).toBeGreaterThan(4e6 - 1);
});

test('only latest is pulled always by default', () => {
  expect(pullPolicy('nginx', undefined)).toBe('Always');
  expect(pullPolicy('nginx:1.27', undefined)).toBe('IfNotPresent');
  expect(pullPolicy('nginx:1.27', 'Never')).toBe('Never');
});
