/**
 * Whether an SPDX expression leaves us a licence on the list: one side of an OR is enough, an AND needs both.
 * Precedence as in SPDX: AND binds tighter than OR. Missing or unreadable expressions are not allowed.
 *
 * @param {string | undefined} expression such as `MIT` or `(MIT OR GPL-3.0-or-later)`
 * @param {readonly string[]} allowed SPDX ids
 */
export const isAllowed = (expression, allowed) => {
  const tokens = (expression ?? '').match(/\(|\)|[^\s()]+/g) ?? [];
  let at = 0;

  const either = () => {
    let result = both();
    while (tokens[at] === 'OR') {
      at += 1;
      const right = both();
      result = result || right;
    }
    return result;
  };
  const both = () => {
    let result = one();
    while (tokens[at] === 'AND') {
      at += 1;
      const right = one();
      result = result && right;
    }
    return result;
  };
  const one = () => {
    const token = tokens[at];
    at += 1;
    if (token !== '(') return allowed.includes(token ?? '');
    const inner = either();
    const closed = tokens[at] === ')';
    at += 1;
    return inner && closed;
  };

  const result = either();
  return result && at === tokens.length;
};
