import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namesSame, otherSpelling, parseImageRef } from './image-ref.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const imageID = `docker.io/library/nginx@${digest}`;

describe('the other spelling of an image', () => {
  it.each([
    ['nginx:1', 'nginx:1', `nginx:1@${digest}`],
    ['nginx', 'nginx', `nginx:latest@${digest}`],
    ['nginx:1', `nginx:1@${digest}`, 'nginx:1'],
    ['r.example:5000/a/b:1', 'r.example:5000/a/b:1', `r.example:5000/a/b:1@${digest}`],
    [`nginx@${digest}`, `nginx@${digest}`, `nginx:latest@${digest}`],
    [`nginx@${digest}`, `nginx:latest@${digest}`, `nginx@${digest}`],
    [`nginx:1@${digest}`, `nginx:1@${digest}`, `nginx:1-pinned@${digest}`],
  ])('of %s where the Pod says %s is %s', (wanted, current, other) => {
    expect(otherSpelling(wanted, [current], imageID)).toBe(other);
  });

  it('can be told apart from two others', () => {
    const taken = ['nginx:1', `nginx:1@${digest}`];
    expect(otherSpelling('nginx:1', taken, imageID)).toBe(`nginx:1-pinned@${digest}`);
  });

  it('does not exist while nobody knows the digest', () => {
    expect(otherSpelling('nginx:1', ['nginx:1'], '')).toBeUndefined();
    expect(otherSpelling('nginx:1', ['nginx:1'], 'sha256:abc')).toBeUndefined();
  });

  it('is never the spelling that the Pod has, and always names the same image', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,6}$/);
    const image = fc
      .record({ registry: fc.option(part), name: part, tag: fc.option(part), pinned: fc.boolean() })
      .map(
        ({ registry, name, tag, pinned }) =>
          `${registry ? `${registry}.io:5000/` : ''}${name}${tag ? `:${tag}` : ''}${pinned ? `@${digest}` : ''}`,
      );
    fc.assert(
      fc.property(image, (wanted) => {
        let current = wanted;
        for (let turn = 0; turn < 4; turn++) {
          const next = otherSpelling(wanted, [current], imageID)!;
          expect(next).not.toBe(current);
          expect(parseImageRef(next).repository).toBe(parseImageRef(wanted).repository);
          if (!wanted.includes('@')) expect(namesSame(wanted, next)).toBe(true);
          current = next;
        }
      }),
    );
  });
});
