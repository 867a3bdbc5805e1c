import { Module } from '@nestjs/common';
import { ArchiveRehearsal } from './archive-rehearsal.ts';
import { VaultRehearsals } from './vault-rehearsals.ts';

/** Tries tasks of the vault out, without the image library. Needs StoreModule and RuntimeModule, which are global. */
@Module({ providers: [ArchiveRehearsal, VaultRehearsals], exports: [VaultRehearsals] })
export class VaultRehearsalModule {}
