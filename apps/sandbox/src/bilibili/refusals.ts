import { json, type Answer } from '../server/service.ts';

const messages: Readonly<Record<string, string>> = {
  '-400': '请求错误',
  '-401': '未认证',
  '-403': '访问权限不足',
  '-404': '啥都木有',
  '-101': '账号未登录',
  '-352': '风控校验失败',
  '-412': 'request was banned',
  '-500': '服务器错误',
  '-509': '超出限制',
  '-688': '地理区域限制',
  '-799': '请求过于频繁，请稍后再试',
  '62002': '稿件不可见',
  '62004': '稿件审核中',
  '62012': '仅UP主自己可见',
};

/** What the API says of some ids instead, whatever they are ids of: the number is the code without its sign. */
const byNumber = new Map(Object.keys(messages).map((code) => [code.replace('-', ''), Number(code)]));
/** This one is answered as a success that holds nothing but a voucher for a captcha: risk control's quiet form. */
const voucher = '353';
/** Posts have long ids, of which the last digits count. */
const longId = /^9{12,14}0*([1-9]\d*)$/;

/** Numbers that are refused. */
export const refused: readonly string[] = [...byNumber.keys(), voucher];

/** The answer of an error code: status 200, but for a ban, which is an HTTP status of its own. */
export function errorAnswer(code: number): Answer {
  const message = messages[String(code)] ?? String(code);
  return json({ code, message, ttl: 1 }, code === -412 ? 412 : 200);
}

/** The refusal that belongs to an id, such as `404`, or `999999999999000404` for a post; null for all others. */
export function refusalOf(id: string | null): Answer | null {
  const number = longId.exec(id ?? '')?.[1] ?? id ?? '';
  if (number === voucher) return json({ code: 0, message: '0', ttl: 1, data: { v_voucher: 'voucher_sandbox' } });
  const code = byNumber.get(number);
  return code === undefined ? null : errorAnswer(code);
}
