import { Injectable } from '@nestjs/common';
import type { RehearsalGroup } from '@vaultstream/contracts';
import { ParseRehearsal } from './parse-rehearsal.ts';

/** What capture can try out. */
@Injectable()
export class CaptureRehearsals implements RehearsalGroup {
  readonly rehearsals;

  constructor(parse: ParseRehearsal) {
    this.rehearsals = { 'content.parse': parse };
  }
}
