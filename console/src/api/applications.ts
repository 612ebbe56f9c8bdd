/** What the server tells of applications and Releases: the very types of its answers. */
export { PART_SIGNS, POD_PARTS } from '../../../src/groups/vocabulary.ts';
export type { GroupFacts, ReleaseRow, Spread } from '../../../src/server/contract/application.ts';
export type { GroupPicture as Picture, PicturedPod } from '../../../src/server/contract/group-picture.ts';
export type { ReleaseFacts, ReleasePicture, ReleaseStep } from '../../../src/server/contract/release.ts';
