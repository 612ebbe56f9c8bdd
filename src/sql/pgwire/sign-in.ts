/** Who a client is: a known user by SCRAM, anybody else by a bearer token of the cluster in the place of a password. */
import { randomBytes } from 'node:crypto';
import { EngineError } from '../../engine/index.ts';
import * as backend from './backend.ts';
import { Cursor, ProtocolError } from './frontend.ts';
import { ScramExchange, type Verifier } from './scram.ts';
import type { Identity } from './session.ts';
import type { Wire } from './wire.ts';

export interface Doorkeeper {
  /** Of a user with a password of this service's own. */
  readonly verifier: (user: string) => Verifier | undefined;
  readonly known: (user: string) => Identity;
  /** Whose token it is; undefined for one that the cluster does not know. */
  readonly token?: (token: string) => Promise<Identity | undefined>;
}

/** @throws EngineError 28P01 */
export async function signIn(wire: Wire, user: string, keeper: Doorkeeper, secure: boolean): Promise<Identity> {
  const verifier = keeper.verifier(user);
  if (verifier) {
    await scram(wire, verifier);
    return keeper.known(user);
  }
  if (!keeper.token) throw wrong();
  if (!secure) throw new EngineError('28000', 'a token is taken over TLS only; connect with sslmode=require');
  const identity = await keeper.token(await password(wire));
  if (!identity) throw wrong();
  return identity;
}

async function password(wire: Wire): Promise<string> {
  await wire.send(backend.askPassword);
  await wire.flush();
  return new Cursor(await answer(wire)).text();
}

async function scram(wire: Wire, verifier: Verifier): Promise<void> {
  await wire.send(backend.askScram());
  await wire.flush();
  const exchange = new ScramExchange(verifier, randomBytes(18).toString('base64'));
  const initial = new Cursor(await answer(wire));
  if (initial.text() !== 'SCRAM-SHA-256') throw new EngineError('28000', 'expected SCRAM-SHA-256');
  const challenge = exchange.first((initial.value() ?? Buffer.alloc(0)).toString());
  if (!challenge) throw new ProtocolError('no message of SCRAM');
  await wire.send(backend.scramContinue(challenge));
  await wire.flush();
  const proof = exchange.final((await answer(wire)).toString());
  if (!proof) throw wrong();
  await wire.send(backend.scramFinal(proof));
}

async function answer(wire: Wire): Promise<Buffer> {
  const message = await wire.next();
  if (message?.type !== 'p') throw new ProtocolError('expected a password');
  return message.body;
}

function wrong(): EngineError {
  return new EngineError('28P01', 'password authentication failed');
}
