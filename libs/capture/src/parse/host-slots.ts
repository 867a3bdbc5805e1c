import { Injectable } from '@nestjs/common';
import { Env, FairSlots } from '@vaultstream/runtime';

/** Parses under way, by the host of their page. */
@Injectable()
export class HostSlots extends FairSlots {
  constructor(env: Env) {
    super(env.concurrency.parse);
  }
}
