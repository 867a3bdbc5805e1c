import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { scriptData } from './script-data.ts';

const read = (script: string) => scriptData(`<script>${script}</script>`, 'window.state');

describe('scriptData', () => {
  it.each([
    ['window.state={"a":undefined,"b":[undefined,NaN,-Infinity,-1]};more({})', { a: null, b: [null, null, null, -1] }],
    ['window.state = {"a":"undefined \\" NaN }","b":{}}', { a: 'undefined " NaN }', b: {} }],
    ['if (window.state) use(window.state[0]); window.state = {"a":1}', { a: 1 }],
    ['var x; window.state=[{"a":"\\\\"},void 0][0] || {}', [{ a: '\\' }, null]],
  ])('reads %s', (script, expected) => expect(read(script)).toEqual(expected));

  it.each([
    'nothing',
    'window.state=null',
    'window.state==other({})',
    'window.state={"a":',
    'window.state={"a":"}',
    'window.state={a:1}',
    'window.state={"a":undefinedVariable}',
    'window.state={"a":new Date()}',
    'window.state={"a":(function(){throw 1})()}',
    `window.state=${'{"a":'.repeat(100_000)}`,
    `window.state=${'{"a":'.repeat(100)}1${'}'.repeat(100)}`,
  ])('S19: never runs what is no data (%#)', (script) => {
    expect(() => read(script)).toThrow(expect.objectContaining({ name: 'BadPayload' }));
  });

  it('gives back whatever JSON there is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), fc.string(), (value, tail) => {
        expect(read(`window.state=${JSON.stringify(value)};${tail}`)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
