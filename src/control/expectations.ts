/**
 * What a controller has written and its cache has not shown yet. While an owner has such writes it creates and deletes
 * nothing: it would count on a picture of the past. Creations are expected by name, chosen before the request is sent,
 * so that the event may come before the answer; deletions by uid.
 */
import { type Clock, type Informer, type KubeObject, keyOf } from '../kube/index.ts';

/** An event that never comes (its object lived too short to be seen) holds an owner up no longer than this. */
const PATIENCE_MS = 5 * 60_000;

export class Expectations {
  readonly #clock: Clock;
  readonly #byOwner = new Map<string, Map<string, number>>();
  readonly #ownerOf = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Hears what the cache shows. */
  watch<T extends KubeObject>(informer: Informer<T>): void {
    informer.onChange({
      add: (object) => this.#shown(object),
      update: (object) => this.#shown(object),
      delete: (object) => {
        this.#met(creation(keyOf(object)));
        this.#met(deletion(object.metadata.uid));
      },
    });
  }

  expectCreation(ownerUid: string, key: string): void {
    this.#expect(ownerUid, creation(key));
  }

  expectDeletion(ownerUid: string, uid: string): void {
    this.#expect(ownerUid, deletion(uid));
  }

  /** The write failed after all. */
  creationFailed(key: string): void {
    this.#met(creation(key));
  }

  deletionFailed(uid: string): void {
    this.#met(deletion(uid));
  }

  /** Milliseconds the owner has to wait at most; 0 when the cache shows all it wrote. */
  waitOf(ownerUid: string): number {
    const now = this.#clock.now();
    const pending = this.#byOwner.get(ownerUid);
    if (!pending) return 0;
    for (const [token, until] of pending) if (until <= now) this.#met(token);
    return pending.size === 0 ? 0 : Math.max(...pending.values()) - now;
  }

  /** The owner has gone. */
  forget(ownerUid: string): void {
    for (const token of this.#byOwner.get(ownerUid)?.keys() ?? []) this.#ownerOf.delete(token);
    this.#byOwner.delete(ownerUid);
  }

  #shown(object: KubeObject): void {
    this.#met(creation(keyOf(object)));
    if (object.metadata.deletionTimestamp) this.#met(deletion(object.metadata.uid));
  }

  #expect(ownerUid: string, token: string): void {
    const pending = this.#byOwner.get(ownerUid) ?? new Map<string, number>();
    this.#byOwner.set(ownerUid, pending.set(token, this.#clock.now() + PATIENCE_MS));
    this.#ownerOf.set(token, ownerUid);
  }

  #met(token: string): void {
    const owner = this.#ownerOf.get(token);
    if (owner === undefined) return;
    this.#ownerOf.delete(token);
    const pending = this.#byOwner.get(owner);
    pending?.delete(token);
    if (pending?.size === 0) this.#byOwner.delete(owner);
  }
}

const creation = (key: string) => `+${key}`;
const deletion = (uid: string) => `-${uid}`;
