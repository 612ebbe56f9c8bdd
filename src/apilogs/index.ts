import type { page } from './html/page.ts';

export * from './dialect/index.ts';
export * from './engines/hand-over.ts';
export * from './engines/outgrown.ts';
export * from './follow/index.ts';
export type { Answered, PageFacts } from './html/page.ts';
export * from './import/importer.ts';
export * from './query/index.ts';
export * from './receive/index.ts';
export * from './reports/index.ts';
export * from './roles/index.ts';
export * from './schema/index.ts';
export * from './source/source.ts';
export * from './store/index.ts';
export * from './tidy/index.ts';
export * from './top/index.ts';

/** Loaded when asked: it brings the drawing of pictures. */
export async function htmlPage(...args: Parameters<typeof page>): Promise<string> {
  const { page: make } = await import('./html/page.ts');
  return make(...args);
}
