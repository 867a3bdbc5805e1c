export { approveDelivery, blockedDetail, cancelDelivery, resolveDelivery, retryDelivery } from './actions.ts';
export { admitDelivery, type Admitted } from './admit.ts';
export type { Backlog } from './backlog.ts';
export { cancelForContent } from './cancel-open.ts';
export { claimPart, nextPart, storeParts, type ClaimedPart, type PartClaim } from './claim-part.ts';
export { Deliveries } from './deliveries.ts';
export type { DeliveryRecord, PartRecord, PartRef } from './delivery-record.ts';
export {
  buryDelivery,
  leaveUnconfirmed,
  recordReceipt,
  releasePart,
  type PartError,
  type PartReceipt,
} from './end-part.ts';
export { asInDoubt, enterDeliveries, enteredTargets, type EnteredDelivery, type NewDelivery } from './enter.ts';
export { markPushed, type PushMark } from './mark-pushed.ts';
export type { OfferQuery } from './offers.ts';
export { holdForBot } from './hold-for-bot.ts';
export { replacePayload, unsentParts } from './part-payloads.ts';
export { lockPlanSubject, type LockedSubject, type PlanSubject } from './plan-subject.ts';
export { judgeRow, type RowVerdict } from './judge.ts';
export { overrideRules, recheckDelivery } from './recheck.ts';
export { keepPace, pausePushes, takePlace, type RateBucket } from './push-limiter.ts';
export { sendTaskKey } from './send-task.ts';
