/**
 * Two spellings of one image. A kubelet starts a container anew when the text of its image changes; so a container is made
 * anew with identical bits by naming the same image once by its tag and once by tag and digest.
 */

export interface ImageRef {
  /** Registry and repository as written. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:…` */
  readonly digest?: string;
}

export function parseImageRef(image: string): ImageRef {
  const at = image.indexOf('@');
  const digest = at < 0 ? undefined : image.slice(at + 1);
  const name = at < 0 ? image : image.slice(0, at);
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  const tag = colon < 0 ? undefined : name.slice(colon + 1);
  return {
    repository: colon < 0 ? name : name.slice(0, colon),
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  };
}

function print({ repository, tag, digest }: ImageRef): string {
  return `${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** A tag that means nothing: beside a digest no runtime looks at it. */
const IDLE_TAG = 'pinned';

/**
 * The image as its container is to name it so that it starts anew: `wanted` itself where the Pod names it otherwise, else
 * the other spelling. `imageID` is what the kubelet says that it runs.
 * Undefined where there is none: the image has no digest that is known.
 */
export function otherSpelling(wanted: string, current: string, imageID: string | undefined): string | undefined {
  if (wanted !== current) return wanted;
  const { repository, tag, digest } = parseImageRef(wanted);
  if (digest) return print({ repository, tag: tag === undefined ? IDLE_TAG : `${tag}-${IDLE_TAG}`, digest });
  const known = digestIn(imageID);
  return known && print({ repository, tag: tag ?? 'latest', digest: known });
}

/** Does the Pod's spelling name the image that is wanted, in one of the two ways? */
export function namesSame(wanted: string, current: string): boolean {
  if (wanted === current) return true;
  const [a, b] = [parseImageRef(wanted), parseImageRef(current)];
  if (a.repository !== b.repository || b.digest === undefined) return false;
  if (a.digest) return a.digest === b.digest;
  return (a.tag ?? 'latest') === (b.tag ?? 'latest');
}

/** `docker.io/library/nginx@sha256:…` or `docker-pullable://nginx@sha256:…` */
function digestIn(imageID: string | undefined): string | undefined {
  return /@(sha256:[0-9a-f]{64})$/.exec(imageID ?? '')?.[1];
}
