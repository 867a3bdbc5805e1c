import type { ArchiveStatus, ContentStatus, DecisionReason, DeliveryState, MediaStatus } from '@vaultstream/contracts';
import type { PlanSubject } from '../deliveries/index.ts';
import type { RuleFacts, RuleRecord } from '../rules/index.ts';

/** A live task of a content. */
export interface LiveTask {
  name: string;
  targetId: string | null;
  state: string;
  failures: number;
  runAt: Date;
}

/** What a rule said about a content, and one target if it matched. */
export interface DecisionRow {
  ruleId: string;
  ruleVersion: number;
  targetId: string | null;
  targetKey: string | null;
  matched: boolean;
  reason: DecisionReason;
  decidedAt: Date;
}

/** A row of the ledger with its target. */
export interface ExplainedDelivery {
  id: string;
  targetId: string;
  targetKey: string;
  targetEnabled: boolean;
  ruleId: string | null;
  state: DeliveryState;
  reason: string | null;
  notBefore: Date | null;
  approvedAt: Date | null;
  /** It went with its content or target: a plan may enter it anew. */
  beginsAnew: boolean;
  /** Something of it has left, or may have: it is not judged again. */
  begun: boolean;
  attempts: number;
  lastErrorType: string | null;
  lastError: string | null;
}

/** How a content was read, and what went wrong. */
export interface ParseFacts {
  canonicalUrl: string;
  status: ContentStatus;
  archiveStatus: ArchiveStatus;
  parserVersion: number | null;
  parseGeneration: number;
  failureCount: number;
  lastErrorType: string | null;
  lastError: string | null;
  lastErrorAt: Date | null;
}

/** All rows that explain what became of a content. */
export interface ExplainRows {
  subject: PlanSubject;
  parse: ParseFacts;
  keys: { platform: string; key: string; createdAt: Date }[];
  merged: { id: number; canonicalUrl: string }[];
  sources: { url: string; source: string | null; createdAt: Date }[];
  tasks: LiveTask[];
  /** Its platform's circuit, unless that is closed. */
  circuit: { reason: string | null } | null;
  media: Partial<Record<MediaStatus, number>>;
  failedMedia: { originUrl: string; status: MediaStatus; errorType: string | null; error: string | null }[];
  /** When the rules were asked last, and what they looked at then: the same as now where nothing has changed. Both null: never. */
  plan: { at: Date | null; before: RuleFacts | null };
  /** Pictures that cannot be stored just now, and until when at the latest. */
  waitingMedia: { originUrl: string; reason: string; until: Date }[];
  decisions: DecisionRow[];
  /** All rules in the order in which they decide, and of the deleted ones those that have to do with this content. */
  rules: (RuleRecord & { deleted: boolean })[];
  /** Of the targets of these rules. */
  targetKeys: ReadonlyMap<string, string>;
  deliveries: ExplainedDelivery[];
}
