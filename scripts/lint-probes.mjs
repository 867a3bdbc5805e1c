/**
 * Lints small programs that each break one rule of the house and prints, as JSON, which rules reported.
 * Used by boundaries.spec.ts; input on stdin: [{ file, code }].
 */
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const probes = JSON.parse(await text(process.stdin));
// The probes do not exist on disk, so rules that need type information cannot look at them.
const eslint = new ESLint({ overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }] });
const reports = [];
for (const { file, code } of probes) {
  const [result] = await eslint.lintText(code, { filePath: file });
  reports.push(result.messages.filter(({ severity }) => severity === 2).map(({ ruleId }) => ruleId));
}
console.log(JSON.stringify(reports));
