/** What the server tells of applications and Releases: the very types of its answers. */
import type { PicturedPod } from '../../../src/server/answers/group-picture.ts';

export type { GroupFacts, ReleaseRow, Spread } from '../../../src/server/answers/application.ts';
export type { GroupPicture as Picture, PicturedPod } from '../../../src/server/answers/group-picture.ts';
export type { ReleaseFacts, ReleasePicture, ReleaseStep } from '../../../src/server/answers/release.ts';

export type PodPart = PicturedPod['part'];
/** In the order in which a page tells of them. */
export const POD_PARTS: readonly PodPart[] = ['new', 'rebuilding', 'starting', 'draining', 'old', 'broken', 'leaving'];
