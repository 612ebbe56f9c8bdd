/** Content negotiation: which form of an object the client takes first among those that we can give. */
import { failure } from '../../kube/index.ts';

export type Media = 'json' | 'yaml';

/** The object itself, its metadata only, or a Table for people. */
export interface Form {
  readonly kind: 'Object' | 'Table' | 'PartialObjectMetadata';
  readonly contentType: string;
  readonly media: Media;
}

interface AcceptItem {
  readonly type: string;
  readonly params: ReadonlyMap<string, string>;
  readonly quality: number;
}

const MEDIA: ReadonlyMap<string, Media> = new Map([
  ['application/json', 'json'],
  ['application/*', 'json'],
  ['*/*', 'json'],
  ['application/yaml', 'yaml'],
]);
const MEDIA_TYPE: Readonly<Record<Media, string>> = { json: 'application/json', yaml: 'application/yaml' };
const SUPPORTED = 'application/json, application/yaml';

export const plainJson: Form = { kind: 'Object', contentType: 'application/json', media: 'json' };

/** Items of an Accept header, best first; equals keep their order. */
export function parseAccept(header: string | undefined): AcceptItem[] {
  if (!header?.trim()) return [{ type: '*/*', params: new Map(), quality: 1 }];
  const items = header.split(',').map((text): AcceptItem => {
    const [type = '', ...rest] = text.split(';').map((part) => part.trim());
    const params = new Map(rest.map((part) => part.split('=', 2).map((s) => s.trim()) as [string, string]));
    const quality = Number(params.get('q') ?? 1);
    return { type: type.toLowerCase(), params, quality: Number.isNaN(quality) ? 0 : quality };
  });
  return items.filter((item) => item.quality > 0).sort((a, b) => b.quality - a.quality);
}

/** The first form that we can give; 406 where there is none. */
export function negotiate(header: string | undefined): Form {
  for (const { type, params } of parseAccept(header)) {
    const media = MEDIA.get(type);
    const form = media && formOf(media, params);
    if (form) return form;
  }
  throw failure('NotAcceptable', `only the following media types are accepted: ${SUPPORTED}`);
}

function formOf(media: Media, params: ReadonlyMap<string, string>): Form | undefined {
  const as = params.get('as');
  if (!as) return { kind: 'Object', contentType: MEDIA_TYPE[media], media };
  if (params.get('g') !== 'meta.k8s.io' || !['v1', 'v1beta1'].includes(params.get('v') ?? '')) return undefined;
  const kind = as === 'Table' ? 'Table' : as.startsWith('PartialObjectMetadata') ? 'PartialObjectMetadata' : undefined;
  if (!kind) return undefined;
  return { kind, media, contentType: `${MEDIA_TYPE[media]};as=${as};v=v1;g=meta.k8s.io` };
}
