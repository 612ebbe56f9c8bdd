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
 * The image as its container is to name it so that it starts anew: `wanted` itself, or another spelling of it, whichever is
 * none of those that are `taken`. `imageID` is what the kubelet says that it runs.
 * Undefined where there is none: the image has no digest that is known.
 */
export function otherSpelling(
  wanted: string,
  taken: readonly string[],
  imageID: string | undefined,
): string | undefined {
  return spellings(wanted, imageID).find((image) => !taken.includes(image));
}

/** In the order in which they are taken. */
function spellings(wanted: string, imageID: string | undefined): string[] {
  const { repository, tag, digest = digestIn(imageID) } = parseImageRef(wanted);
  if (!digest) return [wanted];
  const idle = tag === undefined ? IDLE_TAG : `${tag}-${IDLE_TAG}`;
  return [wanted, print({ repository, tag: tag ?? 'latest', digest }), print({ repository, tag: idle, digest })];
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
