import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { KubeObject } from './object.ts';
import { sharedStrings } from './shared-strings.ts';

it('changes nothing that anybody could see', () => {
  const share = sharedStrings();
  const again = sharedStrings();
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const object = { metadata: {}, value, text: 'a text that is long enough' } as unknown as KubeObject;
      const before = JSON.stringify(object);
      expect(JSON.stringify(share(object))).toBe(before);
      expect(JSON.stringify(again(share(object)))).toBe(before);
    }),
  );
});

it('starts afresh rather than remembering without end', () => {
  const share = sharedStrings();
  for (let i = 0; i < 60_000; i++) share({ metadata: { name: `a-long-enough-name-${i}` } } as KubeObject);
  const last = share({ metadata: { name: 'a-long-enough-name-1' } } as KubeObject);
  expect(last.metadata.name).toBe('a-long-enough-name-1');
});
