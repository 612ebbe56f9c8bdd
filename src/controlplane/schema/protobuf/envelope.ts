/** Request bodies in Kubernetes' protobuf: four bytes, then an envelope that says what is inside. */
import type { Json } from '../../registry/definition.ts';
import { DecodeFault } from '../decode-fault.ts';
import { typeOf } from '../facts.ts';
import type { KindName } from '../field-validation.ts';
import { structOf } from '../schema.ts';
import { decodeMessage } from './message.ts';
import { Fields } from './scalar-message.ts';

export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

const MAGIC = Buffer.from('k8s\0');

/**
 * The object of a protobuf body with apiVersion and kind, still to be read as its type like any JSON body.
 * @param fallback the kind that the request's path expects, for bodies that do not name one
 * @throws DecodeFault
 */
export function decodeProtobuf(body: Buffer, fallback?: KindName): Json {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new DecodeFault('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  const envelope = new Fields(body.subarray(MAGIC.length));
  const meta = new Fields(envelope.one(1) ?? Buffer.alloc(0));
  const apiVersion =
    meta.text(1) || (fallback ? `${fallback.group ? `${fallback.group}/` : ''}${fallback.version}` : '');
  const kind = meta.text(2) || (fallback?.kind ?? '');
  const slash = apiVersion.indexOf('/');
  const type = typeOf(apiVersion.slice(0, Math.max(0, slash)), apiVersion.slice(slash + 1), kind);
  if (!type) throw new DecodeFault(`no kind "${kind}" is registered for version "${apiVersion}"`);
  return { kind, apiVersion, ...decodeMessage(structOf(type), envelope.one(2) ?? Buffer.alloc(0)) };
}
