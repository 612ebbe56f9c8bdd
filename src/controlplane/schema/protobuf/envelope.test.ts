import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../registry/definition.ts';
import { complete } from '../complete.ts';
import { decode } from '../decode.ts';
import { DecodeFault } from '../decode-fault.ts';
import { typeOf } from '../facts.ts';
import { arbitraryObject } from './arbitrary.testing.ts';
import { encodeProtobuf } from './encode.testing.ts';
import { decodeProtobuf } from './envelope.ts';

interface Recorded {
  readonly command: string;
  /** The body that kubectl 1.32 sent, base64. */
  readonly body: string;
  /** What the same command prints with `--dry-run=client -o json`. */
  readonly object?: Json;
}

const recorded = JSON.parse(
  readFileSync(new URL('./testdata/kubectl-1.32.json', import.meta.url), 'utf8'),
) as Recorded[];

describe('a body that kubectl sent is the object that it prints', () => {
  test.each(recorded.filter((r) => r.object))('$command', ({ body, object }) => {
    expect(read(decodeProtobuf(Buffer.from(body, 'base64')))).toEqual(read(object));
  });
});

test('what kubectl asks of a review', () => {
  const { body } = recorded.find(({ command }) => command === 'kubectl auth can-i list pods')!;
  expect(read(decodeProtobuf(Buffer.from(body, 'base64')))).toEqual({
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: { resourceAttributes: { namespace: 'default', verb: 'list', resource: 'pods' } },
    status: { allowed: false },
  });
});

test.each([
  'core.v1.Pod',
  'apps.v1.StatefulSet',
  'rbac.v1.ClusterRole',
  'authorization.v1.SubjectAccessReview',
  'coordination.v1.Lease',
  'core.v1.Node',
  'resource.v1.ResourceClaim',
])('whatever a %s holds comes through', (type) => {
  fc.assert(
    fc.property(arbitraryObject(type), (object) => {
      expect(read(decodeProtobuf(encodeProtobuf(type, object)))).toEqual(read(object));
    }),
    { numRuns: 40 },
  );
});

describe('bad bodies are faults, never anything else', () => {
  const pod = Buffer.from(recorded[0]!.body, 'base64');

  test('without the prefix', () => {
    expect(() => decodeProtobuf(Buffer.from('{}'))).toThrow('expected prefix [107 56 115 0]');
  });

  test('of a kind that is not known', () => {
    expect(() => decodeProtobuf(Buffer.from('k8s\0'))).toThrow('no kind "" is registered for version ""');
  });

  test('cut off anywhere', () => {
    for (let length = 4; length < pod.length; length++) survive(() => decodeProtobuf(pod.subarray(0, length)));
  });

  test('with bytes changed', () => {
    fc.assert(
      fc.property(fc.nat(pod.length - 5), fc.nat(255), (at, byte) => {
        const broken = Buffer.from(pod);
        broken[at + 4] = byte;
        survive(() => decodeProtobuf(broken));
      }),
      { numRuns: 500 },
    );
  });

  test('nested without end', () => {
    let schema = Buffer.alloc(0);
    for (let i = 0; i < 5000; i++) schema = Buffer.concat([Buffer.from([0xda, 0x01]), varint(schema.length), schema]);
    const fallback = { group: 'apiextensions.k8s.io', version: 'v1', kind: 'CustomResourceDefinition' };
    const validation = wrap(0x0a, schema);
    const body = Buffer.concat([Buffer.from('k8s\0'), wrap(0x12, wrap(0x12, wrap(0x3a, wrap(0x22, validation))))]);
    expect(() => decodeProtobuf(body, fallback)).toThrow('exceeded max depth');
  });
});

function read(object: Json): Json {
  const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion];
  const type = typeOf(group, version, object.kind)!;
  const answer = decode(type, object).object;
  complete(type, answer);
  return answer;
}

function survive(act: () => void): void {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeFault);
  }
}

function wrap(tag: number, inner: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), varint(inner.length), inner]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}
