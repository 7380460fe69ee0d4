// What changed between two texts, word by word; character by character where a script writes no spaces.

import { h } from './dom.js';

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

export function tokens(text) {
  const words = [...new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)].map(({ segment }) => segment);
  return words.flatMap((word) => (UNSPACED.test(word) ? [...word] : [word]));
}

// `[{ kind, text }]` with kind same, gone or new: a longest common subsequence, neighbours of one kind joined.
export function diff(before, after) {
  const a = tokens(before);
  const b = tokens(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const middle = between(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return joined([...same(a.slice(0, head)), ...middle, ...same(a.slice(a.length - tail))]);
}

export const drawn = (changes) =>
  changes.map(({ kind, text }) => (kind === 'same' ? text : h(kind === 'gone' ? 'del' : 'ins', {}, text)));

const same = (words) => words.map((text) => ({ kind: 'same', text }));

function between(a, b) {
  const wide = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * wide); // of what follows each pair of places
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      longest[i * wide + j] = a[i] === b[j] ? longest[(i + 1) * wide + j + 1] + 1 : Math.max(longest[(i + 1) * wide + j], longest[i * wide + j + 1]);
    }
  }
  const found = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) found.push({ kind: 'same', text: a[i++] }) && j++;
    else if (i < a.length && (j >= b.length || longest[(i + 1) * wide + j] >= longest[i * wide + j + 1])) found.push({ kind: 'gone', text: a[i++] });
    else found.push({ kind: 'new', text: b[j++] });
  }
  return found;
}

function joined(changes) {
  const runs = [];
  for (const change of changes) {
    if (runs.at(-1)?.kind === change.kind) runs.at(-1).text += change.text;
    else runs.push({ ...change });
  }
  return runs;
}
