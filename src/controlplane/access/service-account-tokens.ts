/** Tokens of ServiceAccounts: signed statements of who they are, bound to an object's life where asked. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, jwtVerify, SignJWT } from 'jose';
import type { Caller } from '../handlers/request.ts';
import type { Plane } from '../plane.ts';
import type { Json } from '../registry/definition.ts';

const ALGORITHM = 'ES256';
const ISSUER = 'https://kubernetes.default.svc.cluster.local';
/** Audiences of a token that asks for none, and the ones that this API accepts. */
export const API_AUDIENCES = [ISSUER];
const CLAIM = 'kubernetes.io';
/** How long a token outlives the end of what it depends on. */
const LEEWAY_MS = 60_000;

export interface TokenRequest {
  readonly namespace: string;
  readonly account: Json;
  readonly audiences: readonly string[];
  readonly seconds: number;
  /** The token dies with this object. */
  readonly boundTo?: { readonly kind: string; readonly name: string; readonly uid: string };
}

export class ServiceAccountTokens {
  readonly #key: KeyObject;
  readonly #public: KeyObject;
  readonly #keyId: string;

  /** With the key kept in `dir` (sa.key), made on first use. */
  static async open(dir: string): Promise<ServiceAccountTokens> {
    const file = join(dir, 'sa.key');
    if (!existsSync(file)) {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    }
    const key = createPrivateKey(readFileSync(file));
    const publicKey = createPublicKey(key);
    return new ServiceAccountTokens(key, publicKey, await calculateJwkThumbprint(await exportJWK(publicKey)));
  }

  private constructor(key: KeyObject, publicKey: KeyObject, keyId: string) {
    this.#key = key;
    this.#public = publicKey;
    this.#keyId = keyId;
  }

  async issue({ namespace, account, audiences, seconds, boundTo }: TokenRequest, now: number): Promise<string> {
    const issued = Math.floor(now / 1000);
    const { name, uid } = account.metadata;
    const bound = boundTo && { [boundTo.kind.toLowerCase()]: { name: boundTo.name, uid: boundTo.uid } };
    return new SignJWT({ [CLAIM]: { namespace, serviceaccount: { name, uid }, ...bound } })
      .setProtectedHeader({ alg: ALGORITHM, kid: this.#keyId })
      .setIssuer(ISSUER)
      .setSubject(`system:serviceaccount:${namespace}:${name}`)
      .setAudience([...audiences])
      .setIssuedAt(issued)
      .setNotBefore(issued)
      .setExpirationTime(issued + seconds)
      .setJti(randomUUID())
      .sign(this.#key);
  }

  /** Whose token this is; undefined for one that is not ours, out of date, for others, or whose account has gone. */
  async verify(plane: Plane, token: string, audiences: readonly string[] = API_AUDIENCES): Promise<Caller | undefined> {
    const payload = await this.#payload(plane, token, audiences);
    const { namespace, serviceaccount, pod, secret, node } = (payload?.[CLAIM] ?? {}) as Json;
    if (!namespace || !serviceaccount) return undefined;
    if (!lives(plane, 'serviceaccounts', namespace, serviceaccount)) return undefined;
    if (pod && !lives(plane, 'pods', namespace, pod)) return undefined;
    if (secret && !lives(plane, 'secrets', namespace, secret)) return undefined;
    if (node && !lives(plane, 'nodes', undefined, node)) return undefined;
    return {
      name: `system:serviceaccount:${namespace}:${serviceaccount.name}`,
      uid: serviceaccount.uid,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
      extra: {
        'authentication.kubernetes.io/credential-id': [`JTI=${payload?.jti}`],
        ...(pod && {
          'authentication.kubernetes.io/pod-name': [pod.name],
          'authentication.kubernetes.io/pod-uid': [pod.uid],
        }),
      },
    };
  }

  async #payload(plane: Plane, token: string, audiences: readonly string[]): Promise<Json | undefined> {
    try {
      const options = {
        issuer: ISSUER,
        audience: [...audiences],
        algorithms: [ALGORITHM],
        currentDate: new Date(plane.clock.now()),
      };
      return (await jwtVerify(token, this.#public, options)).payload;
    } catch {
      return undefined;
    }
  }
}

function lives(plane: Plane, plural: string, namespace: string | undefined, { name, uid }: Json): boolean {
  const entry = plane.of('', plural).get(namespace === undefined ? name : `${namespace}/${name}`);
  const metadata = entry?.parse().metadata;
  if (metadata?.uid !== uid) return false;
  // What is being deleted ends its work first; a deletion's time is when its grace is over.
  return !metadata.deletionTimestamp || Date.parse(metadata.deletionTimestamp) + LEEWAY_MS > plane.clock.now();
}
