import { Module } from '@nestjs/common';
import { SettleContentHandler } from './settle-content.handler.ts';
import { SettleHandlers } from './settle-handlers.ts';

/** The deadline of a content's pictures: rows only, so it is no work for those who fetch and convert. Needs StoreModule, which is global. */
@Module({ providers: [SettleContentHandler, SettleHandlers], exports: [SettleHandlers] })
export class SettleModule {}
