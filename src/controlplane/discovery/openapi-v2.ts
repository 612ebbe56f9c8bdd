/**
 * `/openapi/v2`, empty. kubectl falls back to it for what version 3 does not know, such as `kind: List`, and then checks
 * the items against the types that it finds there: none, so that it leaves the checking to the server.
 */
import { factsVersion } from '../schema/index.ts';

/** The form in which kubectl asks for it: gnostic's `openapi.v2.Document` as protobuf. */
export const OPENAPI_V2_PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
/** The same as an answer names it: a media type may not hold an `@`. */
export const OPENAPI_V2_ANSWER = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

export function emptyOpenApiV2() {
  return { swagger: '2.0', info: { title: 'Kubernetes', version: factsVersion() }, paths: {} };
}

/** The same as protobuf: `swagger` is field 1, `info` field 2, its `title` and `version` 1 and 2. */
export function emptyOpenApiV2Protobuf(): Buffer {
  const { swagger, info } = emptyOpenApiV2();
  return Buffer.concat([field(1, swagger), field(2, Buffer.concat([field(1, info.title), field(2, info.version)]))]);
}

const LENGTH_DELIMITED = 2;

/** Short enough for a length of one byte. */
function field(number: number, value: string | Buffer): Buffer {
  const content = Buffer.from(value as string);
  return Buffer.concat([Buffer.from([(number << 3) | LENGTH_DELIMITED, content.length]), content]);
}
