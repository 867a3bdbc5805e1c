import { Injectable } from '@nestjs/common';
import type { RehearsalGroup } from '@vaultstream/contracts';
import { ArchiveRehearsal } from './archive-rehearsal.ts';

/** What the vault can try out. */
@Injectable()
export class VaultRehearsals implements RehearsalGroup {
  readonly rehearsals;

  constructor(archive: ArchiveRehearsal) {
    this.rehearsals = { 'media.archive': archive };
  }
}
