export { cutText } from './cut-text.ts';
export { toContentMessage } from './to-content-message.ts';
export { canonicalTargetKey, findTargetKind, targetKinds } from './registry.ts';
export type {
  BotAccess,
  PartFile,
  Picture,
  PictureWish,
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
