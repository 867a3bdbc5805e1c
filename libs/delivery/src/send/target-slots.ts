import { Injectable } from '@nestjs/common';
import { Env, FairSlots } from '@vaultstream/runtime';

/** Calls under way, by target. */
@Injectable()
export class TargetSlots extends FairSlots {
  constructor(env: Env) {
    super(env.concurrency.push);
  }
}
