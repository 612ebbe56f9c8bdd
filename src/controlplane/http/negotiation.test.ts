import { describe, expect, it } from 'vitest';
import { negotiate } from './negotiation.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

describe('negotiation', () => {
  it.each([
    [undefined, 'Object', 'application/json'],
    ['*/*', 'Object', 'application/json'],
    ['application/vnd.kubernetes.protobuf,application/json', 'Object', 'application/json'],
    [`${TABLE},application/json`, 'Table', TABLE],
    ['application/json;as=Table;v=v9;g=meta.k8s.io,application/json', 'Object', 'application/json'],
    [
      'application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      'PartialObjectMetadata',
      'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
    ],
    ['application/json;q=0.1,application/yaml;q=0.9', 'Object', 'application/yaml'],
    ['application/yaml;q=0,application/json', 'Object', 'application/json'],
  ])('takes the first form of %s that it has', (accept, kind, contentType) => {
    expect(negotiate(accept)).toMatchObject({ kind, contentType });
  });

  it('refuses what it has no form of', () => {
    expect(() => negotiate('text/html')).toThrow(expect.objectContaining({ code: 406 }));
  });
});
