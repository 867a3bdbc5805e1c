/** What an expression reads: a metric, the labels that it is matched by, and what is around it. */
export interface Selector {
  metric: string;
  /** Names of the labels in its braces. */
  labels: string[];
  /** Text in its braces; empty without. */
  matchers: string;
  /** Text in the brackets behind it, such as `5m`; undefined where it is no range. */
  range: string | undefined;
  /** The function that it is the first thing in, such as `rate`; undefined where it is in none. */
  call: string | undefined;
}

const notMetrics = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'start', 'end']);
const grouping = /\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const selector =
  /(?<call>[a-z_]+\()?\s*(?<![\w:.$])(?<metric>[a-zA-Z_:][\w:]*)(?![\w:]|\s*\()(?:\{(?<matchers>[^}]*)\})?(?:\[(?<range>[^\]]*)\])?/g;

/**
 * The selectors of an expression of PromQL. It reads expressions as ours are written (no braces or brackets in label values, no subqueries);
 * whether they are right at all is said by promtool and by a real Prometheus.
 */
export function selectorsOf(expression: string): Selector[] {
  const bare = expression.replace(grouping, ' ');
  return [...bare.matchAll(selector)].flatMap(({ groups = {} }) => {
    const { metric = '', matchers = '', range, call } = groups;
    if (notMetrics.has(metric.toLowerCase())) return [];
    const labels = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"[^"]*"/g)].map(([, label]) => label ?? '');
    return [{ metric, labels, matchers, range, call: call?.slice(0, -1) }];
  });
}

/** The labels that an expression keeps or joins by. */
export function groupedBy(expression: string): string[] {
  return [...expression.matchAll(grouping)].flatMap(([text]) =>
    text
      .slice(text.indexOf('(') + 1, -1)
      .split(',')
      .map((label) => label.trim())
      .filter(Boolean),
  );
}
