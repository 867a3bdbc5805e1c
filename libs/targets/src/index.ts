export { cutText } from './cut-text.ts';
export { findTargetKind, targetKinds } from './registry.ts';
export type {
  PartFile,
  PlanContext,
  PlannedPart,
  RateLimit,
  Receipt,
  SendablePart,
  SendContext,
  TargetAddress,
  TargetIdentity,
  TargetKind,
  TargetLimits,
} from './target.ts';
