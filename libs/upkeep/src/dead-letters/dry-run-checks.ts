import type { DeadLetterDetail, DryRun, DryRunCheck } from '@vaultstream/contracts';

type Check = DryRunCheck['check'];
type Found = [ok: boolean, detail: string] | null;

/** States of a delivery in which a replayed `delivery.send` does something. */
const sendable: readonly string[] = ['planned', 'held', 'sending', 'failed', 'partial'];

/** What the rows say about a replay of a letter. A check that does not concern it is left out. */
export function checksOf(letter: DeadLetterDetail): DryRunCheck[] {
  const found: Record<Check, Found> = {
    open: checkOpen(letter),
    form: checkForm(letter),
    live_task: checkLiveTask(letter),
    content: checkContent(letter),
    target: checkTarget(letter),
    media: checkMedia(letter),
    delivery: checkDelivery(letter),
  };
  return Object.entries(found).flatMap(([check, result]) =>
    result === null ? [] : [{ check: check as Check, ok: result[0], detail: result[1] }],
  );
}

/** What a replay comes to, by the first check that stands against it. */
export function verdictOf(checks: readonly DryRunCheck[]): DryRun['verdict'] {
  const verdicts: [Check, DryRun['verdict']][] = [
    ['open', 'closed'],
    ['form', 'refused'],
    ['live_task', 'joins'],
    ['content', 'idle'],
    ['target', 'idle'],
    ['media', 'idle'],
    ['delivery', 'idle'],
  ];
  const against = verdicts.find(([name]) => checks.some(({ check, ok }) => check === name && !ok));
  return against?.[1] ?? 'runs';
}

function checkOpen({ state, closed }: DeadLetterDetail): Found {
  if (state === 'open') return [true, 'Nobody has dealt with it.'];
  if (state === 'discarded') return [true, 'It was discarded, and can still be replayed.'];
  return [false, `It was replayed at ${closed?.at}, as task ${closed?.task_id}.`];
}

function checkForm({ form, task }: DeadLetterDetail): Found {
  if (form === 'known') return [true, 'This release knows the task and its payload.'];
  if (form === 'unknown_task') return [false, `This release has no task "${task}".`];
  return [false, `The payload does not fit what "${task}" takes in this release.`];
}

function checkLiveTask({ live_task, state }: DeadLetterDetail): Found {
  if (state === 'replayed') return null;
  if (live_task === null) return [true, 'No task does the same work now.'];
  return [false, `Task ${live_task.id} does the same work: ${live_task.state}, due at ${live_task.run_at}.`];
}

function checkContent({ content, content_id, task }: DeadLetterDetail): Found {
  if (content_id === null) return null;
  if (content === null) return [false, 'Its content is gone.'];
  if (content.deleted) return [false, 'Its content is deleted.'];
  // A plan for a merged content is one for its survivor.
  if (content.merged_into !== null)
    return [task === 'delivery.plan', `Its content was merged into ${content.merged_into}.`];
  if (task === 'content.parse' && content.status === 'PULLED') return [false, 'Its content has been read meanwhile.'];
  return [true, `Its content is ${content.status}.`];
}

function checkTarget({ target, target_id }: DeadLetterDetail): Found {
  if (target_id === null) return null;
  if (target === null) return [false, 'Its target is gone.'];
  if (target.deleted) return [false, 'Its target is deleted.'];
  if (!target.enabled) return [false, `Its target is disabled${because(target.disabled_reason)}.`];
  return [true, `Its target ${target.key} is enabled.`];
}

function checkMedia({ media, payload, task }: DeadLetterDetail): Found {
  if (payload?.media_id === undefined) return null;
  if (media === null) return [false, 'The picture is gone.'];
  if (!media.current) return [false, 'The content was read again and no longer has the picture.'];
  const wanted = task !== 'media.archive' || media.status === 'pending' || media.status === 'failed';
  return [wanted, `The picture is ${media.status}.`];
}

function checkDelivery({ delivery, payload }: DeadLetterDetail): Found {
  if (payload?.delivery_id === undefined) return null;
  if (delivery === null) return [false, 'The delivery is gone.'];
  const state = `The delivery is ${delivery.state}${because(delivery.reason)}`;
  return sendable.includes(delivery.state) ? [true, `${state}.`] : [false, `${state}: it would not be sent.`];
}

const because = (reason: string | null) => (reason === null ? '' : ` (${reason})`);
