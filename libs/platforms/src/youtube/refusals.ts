import { AccessDenied, NotFound, RateLimited, type VaultError } from '@vaultstream/contracts';
import { joined, memberAt } from '../clean/content-fields.ts';
import { itemsOf } from '../clean/json.ts';
import { cleanLine } from '../clean/text.ts';

const robot = /not a bot|unusual traffic|try again later/i;
const gone = /removed|terminated|no longer available|does(?:n.t| not) exist|isn.t available any ?more/i;

/**
 * Why YouTube shows no video, by the words of its player (`playabilityStatus`): gone, for others only (private, with an age limit, for
 * members, in other countries), or not to a robot. Null where it does not say.
 */
export function refusalOf(status: Readonly<Record<string, unknown>>): VaultError | null {
  const said = wordsOf(status);
  const message = `YouTube says: ${said}`;
  switch (status['status']) {
    case 'ERROR':
      return new NotFound(message);
    case 'UNPLAYABLE':
      return gone.test(said) ? new NotFound(message) : new AccessDenied(message);
    case 'LOGIN_REQUIRED':
    case 'AGE_VERIFICATION_REQUIRED':
    case 'AGE_CHECK_REQUIRED':
    case 'CONTENT_CHECK_REQUIRED':
      return robot.test(said) ? new RateLimited(message) : new AccessDenied(message);
    default:
      return null;
  }
}

function wordsOf(status: Readonly<Record<string, unknown>>): string {
  const screen = memberAt(status, 'errorScreen', 'playerErrorMessageRenderer', 'subreason');
  const runs = itemsOf(memberAt(screen, 'runs'))
    .slice(0, 20)
    .map((run) => cleanLine(memberAt(run, 'text'), 200));
  const parts = [status['reason'], itemsOf(status['messages'])[0], memberAt(screen, 'simpleText'), runs.join(' ')];
  return joined([...new Set(parts.map((part) => cleanLine(part, 300)))], '; ') || 'nothing more';
}
