/** What goes to a Python kernel as an expression, and what comes back as text. Pure. */

/** A text as a Python literal: JSON's escapes mean the same in Python. */
export function literal(text: string): string {
  return JSON.stringify(text);
}

/** A call of a function of ours with one JSON argument, as an expression that leaves no name behind. */
export function call(module: string, name: string, arg: unknown): string {
  return `__import__(${literal(module)}, fromlist=[${literal(name)}]).${name}(${literal(JSON.stringify(arg))})`;
}

/**
 * The JSON in the `text/plain` of a result: as it stands, or as the `repr` of a Python `str` that holds it.
 *
 * @throws SyntaxError if it is neither
 */
export function parseReply(plain: string): unknown {
  const text = plain.trim();
  return JSON.parse(text.startsWith("'") ? unquote(text) : text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\u000b',
  '0': '\u0000',
  '\\': '\\',
  "'": "'",
  '"': '"'
};

/** Python writes double quotes only around a text that holds a single one and no double one: that is no JSON. */
function unquote(text: string): string {
  if (text.length < 2 || text.at(-1) !== text[0]) {
    throw new SyntaxError('not a Python string');
  }
  return text.slice(1, -1).replace(/\\(x[\dA-Fa-f]{2}|u[\dA-Fa-f]{4}|U[\dA-Fa-f]{8}|[\s\S])/g, (_, code: string) => {
    const known = ESCAPES[code];
    if (known !== undefined) {
      return known;
    }
    if (/^[xu]/i.test(code) && code.length > 1) {
      return String.fromCodePoint(parseInt(code.slice(1), 16));
    }
    throw new SyntaxError('not an escape of Python');
  });
}
