import type { Clock } from './clock.ts';
import type { ClusterTarget } from './cluster-target.ts';
import type { ExecOptions, ExecSession } from './exec-session.ts';
import type { Draft, KubeObject } from './object.ts';
import type {
  DeleteCollectionOptions,
  DeleteOptions,
  GetOptions,
  ListOptions,
  LogOptions,
  Patch,
  WatchOptions,
  WriteOptions,
} from './request-options.ts';
import type { ResourceType } from './resource-type.ts';
import type { Status } from './status.ts';
import type { WatchEvent } from './watch-event.ts';

export interface ClientOptions {
  readonly clock?: Clock;
  readonly userAgent?: string;
  /** Connections kept at most. */
  readonly connections?: number;
  /** Offer HTTP/2 to the server. */
  readonly http2?: boolean;
}

export interface ObjectList<T> {
  items: T[];
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
}

export interface RawRequest {
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  signal?: AbortSignal;
}

export interface RawResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

const todo = (): never => {
  throw new Error('not there yet');
};

export class KubeClient {
  constructor(_target: ClusterTarget, _options: ClientOptions = {}) {}
  get<T extends KubeObject>(_type: ResourceType<T>, _name: string, _o: GetOptions = {}): Promise<T> {
    return todo();
  }
  list<T extends KubeObject>(_type: ResourceType<T>, _o: ListOptions = {}): Promise<ObjectList<T>> {
    return todo();
  }
  listAll<T extends KubeObject>(_type: ResourceType<T>, _o: ListOptions = {}): AsyncIterable<T> {
    return todo();
  }
  watch<T extends KubeObject>(_type: ResourceType<T>, _o: WatchOptions = {}): AsyncIterable<WatchEvent<T>> {
    return todo();
  }
  create<T extends KubeObject>(_type: ResourceType<T>, _object: Draft<T>, _o: WriteOptions = {}): Promise<T> {
    return todo();
  }
  replace<T extends KubeObject>(_type: ResourceType<T>, _object: T, _o: WriteOptions = {}): Promise<T> {
    return todo();
  }
  patch<T extends KubeObject>(_type: ResourceType<T>, _name: string, _p: Patch, _o: WriteOptions = {}): Promise<T> {
    return todo();
  }
  delete(_type: ResourceType, _name: string, _o: DeleteOptions = {}): Promise<KubeObject | Status> {
    return todo();
  }
  deleteCollection(_type: ResourceType, _o: DeleteCollectionOptions = {}): Promise<void> {
    return todo();
  }
  createSubresource<T>(
    _type: ResourceType,
    _name: string,
    _subresource: string,
    _body: object,
    _o: WriteOptions = {},
  ): Promise<T> {
    return todo();
  }
  logs(_name: string, _o: LogOptions): AsyncIterable<Uint8Array> {
    return todo();
  }
  exec(_name: string, _o: ExecOptions): Promise<ExecSession> {
    return todo();
  }
  request(_method: string, _path: string, _o: RawRequest = {}): Promise<RawResponse> {
    return todo();
  }
  close(): Promise<void> {
    return todo();
  }
}
