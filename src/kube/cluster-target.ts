/** Where an API server is and how one proves who one is there. */

export interface ClusterTarget {
  /** `https://host:6443`, with a path prefix where a proxy has one; never ends in a slash. */
  readonly server: string;
  /** The namespace of the kubeconfig's context: where commands work unless told otherwise. */
  readonly namespace?: string;
  /** The kubeconfig's context, for messages. */
  readonly context?: string;
  readonly tls?: ClusterTls;
  /** The value of the `authorization` header, asked before every request; undefined sends none. */
  readonly authorization?: (signal?: AbortSignal) => Promise<string | undefined> | string | undefined;
  /** Forget what `authorization` remembers: the server answered 401. */
  readonly renew?: () => void;
  readonly impersonate?: { readonly user: string; readonly uid?: string; readonly groups?: readonly string[] };
  /** `http://proxy:3128`, as `proxy-url` of a kubeconfig. */
  readonly proxyUrl?: string;
}

/** PEM texts, and how the server's name is checked. */
export interface ClusterTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name to ask for and to check instead of the host in `server`. */
  readonly serverName?: string;
  /** Take any certificate. */
  readonly insecure?: boolean;
}
