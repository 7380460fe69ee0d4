// Differences between texts, word by word; in writing without spaces between words, character by character.

import { common } from './common.js';

const ALONE = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}`;
const TOKEN = new RegExp(String.raw`(?:[${ALONE}]|(?:(?![${ALONE}])[\p{L}\p{N}\p{M}'’])+|[^\s])\s*|\s+`, 'gu');
const RELATED = 0.25; // share of words in common; below, marks would cover everything and tell nothing

// "A dog, 犬" → "A ", "dog", ", ", "犬"; joined they are the text again.
export function tokens(text) {
  return text.match(TOKEN) || [];
}

// For each text pieces `{ text, differs }`, against the one at `pivot`; of that one, what none of the others has. Texts that
// have next to nothing in common are left unmarked.
export function differences(texts, pivot) {
  const lists = texts.map(tokens);
  const origin = lists[pivot];
  const missing = new Array(origin.length).fill(true);
  let related = false;
  const marked = lists.map((list, index) => {
    if (index === pivot) return null;
    const [inOrigin, inList] = common(origin.map(plain), list.map(plain)); // capital letters do not matter
    if (inList.filter(Boolean).length < RELATED * Math.max(list.length, origin.length)) return pieces(list, inList.fill(false));
    related = true;
    inOrigin.forEach((here, at) => here && (missing[at] = false));
    return pieces(list, inList.map((here) => !here));
  });
  marked[pivot] = pieces(origin, related ? missing : missing.fill(false));
  return marked;
}

const plain = (token) => token.trim().toLowerCase();

// Neighbours of one kind together; the space after a difference is none.
function pieces(list, differs) {
  const found = [];
  list.forEach((token, index) => {
    const last = found.at(-1);
    const word = token.trimEnd();
    if (last?.differs && differs[index]) last.text += last.space + word;
    else if (last && !last.differs && !differs[index]) last.text += token;
    else found.push({ text: differs[index] ? word : (last?.space || '') + token, differs: differs[index] });
    const now = found.at(-1);
    if (now.differs) now.space = token.slice(word.length);
  });
  if (found.at(-1)?.differs) found.push({ text: found.at(-1).space, differs: false });
  return found.map(({ text, differs: marked }) => ({ text, differs: marked }));
}
