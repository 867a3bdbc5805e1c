export { openOld, type OldInstallation } from './old/open-old.ts';
export { importOld, type ImportOptions } from './run/importer.ts';
export type { ImportTarget } from './run/import-run.ts';
export { createProgress, type Progress } from './run/progress.ts';
export { isComplete, toLines, type ImportReport } from './run/report.ts';
