import type { ContentView, RenditionPreset, TargetSettings } from '@vaultstream/contracts';
import type { GuardedHttp } from '@vaultstream/runtime';
import type { z } from 'zod';

/** Where a target is, as JSON: what `addressSchema` of its kind has parsed, secrets included. */
export type TargetAddress = Record<string, unknown>;

/** What fits into one message. Data, so that planning, previews and checks read the same numbers. */
export interface TargetLimits {
  /** Text of a message without media: UTF-16 units after entities. Null: bounded by `bodyBytes` only. */
  text: number | null;
  /** Text of a message with media: UTF-16 units after entities. Null: as `text`. */
  caption: number | null;
  /** Media items of one message. */
  media: number;
  /** Bytes of one uploaded file; null: files are not uploaded. */
  fileBytes: number | null;
  /** Bytes of the body that is sent, without files. */
  bodyBytes: number;
}

/** A rate that all processes share: never more than `count` messages in any `windowMs` under `key`, and `burst` of them at once. */
export interface RateLimit {
  key: string;
  count: number;
  windowMs: number;
  /** 1 (evenly spaced) to `count`. */
  burst: number;
  /** Other targets count against it too: "too many" from one of them does not pause it. */
  shared?: boolean;
}

/** The bot account that a target is reached through. */
export interface BotAccess {
  id: string;
  /** Secret. */
  token: string;
}

/** Which pictures of a content a kind would send, best first, and as which rendition of the vault. */
export interface PictureWish {
  /** Such as `photo.v1`. */
  preset: RenditionPreset;
  mediaIds: string[];
}

/** A picture whose rendition is there. */
export interface Picture {
  mediaId: string;
  /** Of the rendition, in the blob store. */
  key: string;
  mime: string;
}

/** A file that a message carries: stored bytes, sent as the named rendition. */
export interface PartFile {
  /** Name of the form field. */
  field: string;
  /** Key in the blob store. */
  key: string;
  mime: string;
  /** What it was made of, so that it can be made again; set by delivery. */
  source?: { mediaId: string; preset: RenditionPreset };
}

/** One message, as it will be sent: the same on every try, but for pictures that had to be made anew. JSON. */
export interface PlannedPart {
  /** Of the kind's own shape. */
  body: unknown;
  files: PartFile[];
  /** Places that it takes in each rate limit; an album counts for each of its items. */
  cost: number;
}

/** What planning knows beside the content. Nothing here changes from try to try. */
export interface PlanContext {
  deliveryId: string;
  targetKey: string;
  settings: TargetSettings;
  /** Those of the kind's `pictures` whose rendition is there, in that order. */
  pictures: readonly Picture[];
  /** When the messages are planned. */
  now: Date;
}

/** A planned message with the id of its ledger row. */
export interface SendablePart extends PlannedPart {
  id: string;
}

/** What sending may use. */
export interface SendContext {
  /** The only way out. */
  http: GuardedHttp;
  address: TargetAddress;
  /** Never null for a kind that needs one. */
  bot: BotAccess | null;
  signal: AbortSignal;
  /**
   * The bytes of a file.
   * @throws NotFound, InfrastructureError
   */
  readFile(file: PartFile): Promise<Uint8Array>;
  /** What the service calls a file that this bot has uploaded before; null when it never has. */
  knownFile(file: PartFile): Promise<string | null>;
}

/** What the target answered. Kept in the ledger and shown: no secrets. */
export interface Receipt {
  messageId: string | null;
  detail: Record<string, unknown>;
  /** What the service calls the files from now on. */
  files?: { key: string; fileId: string }[];
  /** The target has another address from now on. */
  movedTo?: TargetAddress;
}

/** A target that exists, as far as its limits depend on it. */
export interface TargetIdentity {
  key: string;
  botConfigId: string | null;
}

/** A push service: everything that the product knows of it. See README.md for how to add one. */
export interface TargetKind {
  /** Constant, such as `webhook`: what stands in the database. */
  readonly kind: string;
  /** Checks and normalises what a person gives; parsing its own result changes nothing. */
  readonly addressSchema: z.ZodType<TargetAddress>;
  /** Members of the address whose values nobody sees again. */
  readonly secretFields: readonly string[];
  readonly limits: TargetLimits;
  /** True when the service recognises a repeated message by its id, so that one in doubt may be sent again. */
  readonly idempotent: boolean;
  /** True when it is reached through a bot account. */
  readonly needsBot: boolean;
  /** What a bot token of this service looks like; only with `needsBot`. */
  readonly botToken?: RegExp;

  /** Adds what the server makes when the person gave none, such as a signing secret, which is shown once. */
  complete(address: TargetAddress): { address: TargetAddress; made: string | null };
  /** What bots call it, such as `WEBHOOK_1f0c2d...`: the same for every spelling of one address. */
  key(address: TargetAddress): string;
  /** What its keys begin with, such as `WEBHOOK_`: no other kind's do. */
  readonly keyPrefix: string;
  /** The one spelling of a key that begins so; null when no address can have it. */
  readKey(key: string): string | null;
  /** The address as it may be shown. */
  maskAddress(address: TargetAddress): TargetAddress;
  /**
   * Checks an address before it is saved, without calling it.
   * @throws InvalidInput naming the field below `body.address`.
   */
  checkAddress(address: TargetAddress, http: GuardedHttp): void;
  /** The host that its calls go to, such as `example.org:8443`. */
  host(address: TargetAddress): string;
  /** The rates that a message to this target counts against. */
  rateLimits(target: TargetIdentity): RateLimit[];
  /** The pictures that `plan` could use. Absent: none ever. */
  pictures?(content: ContentView, settings: TargetSettings): PictureWish;
  /** Fits a content into messages. Pure: equal input, equal bytes; every part keeps within `limits`. */
  plan(content: ContentView, context: PlanContext): PlannedPart[];
  /**
   * Sends one message, once.
   * @throws OutcomeUnknown when it may have taken effect; any other error of the family when it surely has not: NetworkError,
   * UpstreamError, RateLimited, AccessDenied (`status` 401: the bot's token is refused), NotFound (`status` 410: gone for good),
   * BadPayload, Refused.
   */
  send(part: SendablePart, context: SendContext): Promise<Receipt>;
  /** Sends something harmless and answers what came back in a few words. @throws As `send`. */
  test(context: SendContext & { target: TargetIdentity }): Promise<string>;
  /** Changes a sent message. Only where the service can. */
  edit?(messageId: string, part: SendablePart, context: SendContext): Promise<Receipt>;
  /** Takes a sent message back. Only where the service can. */
  delete?(messageId: string, context: SendContext): Promise<void>;
}
