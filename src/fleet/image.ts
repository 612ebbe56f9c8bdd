/** Image names as the container runtime understands them, and the size and digest a simulated registry gives them. */
import { hash } from 'node:crypto';

export interface ImageName {
  readonly registry: string;
  readonly repository: string;
  /** `:tag` or `@sha256:…`; `:latest` where nothing was written. */
  readonly reference: string;
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const PATTERN = new RegExp(
  `^(?:((?:[a-zA-Z0-9-]+\\.)+[a-zA-Z0-9-]+(?::\\d+)?|[a-zA-Z0-9-]+:\\d+|localhost)/)?(${COMPONENT}(?:/${COMPONENT})*)(?::([\\w][\\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`,
);

/** Undefined when no runtime would accept the name. */
export function parseImage(image: string): ImageName | undefined {
  const match = PATTERN.exec(image);
  if (!match) return undefined;
  const [, registry, path, tag, digest] = match;
  const official = !registry && !path!.includes('/');
  return {
    registry: registry ?? 'docker.io',
    repository: official ? `library/${path}` : path!,
    reference: digest ? `@${digest}` : `:${tag ?? 'latest'}`,
  };
}

/** The full name that a runtime reports: `nginx` is `docker.io/library/nginx:latest`. A bad name stays as it is. */
export function fullName(image: string): string {
  const known = full.get(image);
  if (known !== undefined) return known;
  const name = parseImage(image);
  const answer = name ? `${name.registry}/${name.repository}${name.reference}` : image;
  if (full.size > 10_000) full.clear();
  full.set(image, answer);
  return answer;
}
/** Bounded memory of {@link fullName}: a fleet asks for the same few names all the time. */
const full = new Map<string, string>();

/** `docker.io/library/nginx@sha256:…`, the same for the same name every time. */
export function imageID(image: string): string {
  const name = parseImage(image);
  if (!name) return '';
  const digest = name.reference.startsWith('@') ? name.reference : `@sha256:${hash('sha256', fullName(image))}`;
  return `${name.registry}/${name.repository}${digest}`;
}

/** Between 4 and 400 MB, most of them small, fixed by the name. */
export function imageBytes(image: string): number {
  const share = Number.parseInt(hash('sha256', fullName(image)).slice(0, 8), 16) / 0x1_0000_0000;
  return Math.round(4e6 * 100 ** share);
}

/** Kubernetes' default: `Always` for `:latest` or no tag, else `IfNotPresent`. */
export function pullPolicy(image: string, policy: string | undefined): string {
  if (policy) return policy;
  return parseImage(image)?.reference === ':latest' ? 'Always' : 'IfNotPresent';
}
