export { assertRestorable, finishRestore, restoreRows, type RestoreOptions, type StoredTable } from './restore-rows.ts';
export type { PutRight, PutRightOptions } from './put-right.ts';
export { countLines, Snapshot, type SequenceState, type SnapshotBlob, type SnapshotFacts } from './snapshot.ts';
export type { TablePlan } from './copy-plan.ts';
export { missingBlobs } from './missing-blobs.ts';
