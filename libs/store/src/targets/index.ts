export { recordFailure, recordSuccess } from './target-health.ts';
export { externalKind, maxExternalTargets, toTargetView, type TargetRecord } from './target-record.ts';
export { Targets, type AddressParts, type NewTarget, type TargetChange } from './targets.ts';
