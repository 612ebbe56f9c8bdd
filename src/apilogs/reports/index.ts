export * from './headings.ts';
export * from './report.ts';
