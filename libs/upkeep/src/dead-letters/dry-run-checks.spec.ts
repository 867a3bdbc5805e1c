import { describe, expect, it } from '@jest/globals';
import type { DeadLetterDetail } from '@vaultstream/contracts';
import { checksOf, verdictOf } from './dry-run-checks.ts';

const content = {
  id: 1,
  platform: 'web',
  url: 'https://x/',
  title: null,
  status: 'FAILED',
  archive_status: 'none',
  deleted: false,
  merged_into: null,
};
const target = {
  id: 't',
  key: 'W',
  kind: 'webhook',
  name: 'n',
  enabled: true,
  disabled_reason: null,
  deleted: false,
};
const media = { id: 'm', origin_url: 'https://x/1', status: 'failed', current: true };
const delivery = { id: 'd', state: 'failed' as const, reason: null, parts: 1 };
const live_task = { id: 'l', state: 'ready', failures: 0, run_at: '2026-01-01T00:00:00.000Z' };

/** A letter with nothing against its replay, but for what is given. */
function letter(more: Partial<DeadLetterDetail>): DeadLetterDetail {
  const task = more.task ?? 'content.parse';
  const about = {
    'content.parse': { payload: { content_id: 1 } },
    'media.archive': { payload: { content_id: 1, media_id: 'm' }, media },
    'delivery.send': { payload: { delivery_id: 'd' }, target_id: 't', target, delivery },
  }[task];
  const base = { state: 'open', closed: null, form: 'known', content_id: 1, content, target_id: null, target: null };
  return { ...base, media: null, delivery: null, live_task: null, payload: {}, task, ...about, ...more } as never;
}
const verdict = (more: Partial<DeadLetterDetail>) => verdictOf(checksOf(letter(more)));

describe('what a replay comes to', () => {
  it.each(['content.parse', 'media.archive', 'delivery.send'])('%s runs when nothing stands against it', (task) => {
    expect(verdict({ task })).toBe('runs');
    expect(checksOf(letter({ task })).every(({ ok }) => ok)).toBe(true);
  });

  it.each<[string, Partial<DeadLetterDetail>, string]>([
    ['it was replayed', { state: 'replayed' }, 'closed'],
    ['it was discarded', { state: 'discarded' }, 'runs'],
    ['the task is of another release', { form: 'unknown_task' }, 'refused'],
    ['the payload is of another release', { form: 'unfit_payload' }, 'refused'],
    ['the same work waits', { live_task }, 'joins'],
    ['the content is gone', { content: null }, 'idle'],
    ['the content is deleted', { content: { ...content, deleted: true } }, 'idle'],
    ['the content was merged', { content: { ...content, merged_into: 2 } }, 'idle'],
    ['a merged content is planned', { task: 'delivery.plan', content: { ...content, merged_into: 2 } }, 'runs'],
    ['the content was read', { content: { ...content, status: 'PULLED' } }, 'idle'],
    ['a picture of a read content', { task: 'media.archive', content: { ...content, status: 'PULLED' } }, 'runs'],
    ['the picture is gone', { task: 'media.archive', media: null }, 'idle'],
    ['the picture is stored', { task: 'media.archive', media: { ...media, status: 'stored' } }, 'idle'],
    ['the picture is of an earlier parse', { task: 'media.archive', media: { ...media, current: false } }, 'idle'],
    ['the target is disabled', { task: 'delivery.send', target: { ...target, enabled: false } }, 'idle'],
    ['the target is deleted', { task: 'delivery.send', target: { ...target, deleted: true } }, 'idle'],
    ['the target is gone', { task: 'delivery.send', target: null }, 'idle'],
    ['the delivery is sent', { task: 'delivery.send', delivery: { ...delivery, state: 'sent' } }, 'idle'],
    ['the delivery is partly sent', { task: 'delivery.send', delivery: { ...delivery, state: 'partial' } }, 'runs'],
    ['the delivery is gone', { task: 'delivery.send', delivery: null }, 'idle'],
    ['it was replayed and the work waits', { state: 'replayed', live_task }, 'closed'],
  ])('%s', (_, more, expected) => {
    expect(verdict(more)).toBe(expected);
  });
});
