import { describe, expect, it } from 'vitest';

import { call, parseReply } from '../python';

describe('what goes to the kernel', () => {
  it('is one expression with JSON in a Python text', () => {
    expect(call('a.b', 'ask', { do: 'rows', name: `d'f"\\é\n` })).toBe(
      String.raw`__import__("a.b", fromlist=["ask"]).ask("{\"do\":\"rows\",\"name\":\"d'f\\\"\\\\é\\n\"}")`
    );
  });
});

describe('what comes back from the kernel', () => {
  it('is JSON as it stands', () => {
    expect(parseReply('{"a": [1, null, "x\\u001b"]}')).toEqual({ a: [1, null, 'x\u001b'] });
  });

  it('may be the repr of a text', () => {
    expect(parseReply(String.raw`'{"a": "d\'e \\u001b \xe9"}'`)).toEqual({ a: "d'e \u001b é" });
    expect(parseReply(String.raw`'{"é": "\U0001f600", "n":\n1}'`)).toEqual({ é: '😀', n: 1 });
  });

  it.each(['<DataFrame>', `'{"a": 1}`, `'\\q'`, ''])('is never evaluated, and nothing else is taken: %s', text => {
    expect(() => parseReply(text)).toThrow(SyntaxError);
  });
});
