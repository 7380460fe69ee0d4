// Differences between texts, word by word; in writing without spaces between words, character by character.

const ALONE = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}`;
const TOKEN = new RegExp(String.raw`(?:[${ALONE}]|(?:(?![${ALONE}])[\p{L}\p{N}\p{M}'’])+|[^\s])\s*|\s+`, 'gu');
const MOST_CELLS = 4_000_000; // beyond, what is not alike at either end counts as different
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
    const [inOrigin, inList] = common(origin, list);
    if (inList.filter(Boolean).length < RELATED * Math.max(list.length, origin.length)) return pieces(list, inList.fill(false));
    related = true;
    inOrigin.forEach((here, at) => here && (missing[at] = false));
    return pieces(list, inList.map((here) => !here));
  });
  marked[pivot] = pieces(origin, related ? missing : missing.fill(false));
  return marked;
}

// Which tokens of each list belong to their longest common subsequence; capital letters do not matter.
function common(one, other) {
  const a = one.map(plain);
  const b = other.map(plain);
  const inA = new Array(a.length).fill(false);
  const inB = new Array(b.length).fill(false);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) inA[start] = inB[start++] = true;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) inA[--endA] = inB[--endB] = true;
  if ((endA - start) * (endB - start) <= MOST_CELLS) walk(a.slice(start, endA), b.slice(start, endB), (i, j) => (inA[start + i] = inB[start + j] = true));
  return [inA, inB];
}

function walk(a, b, alike) {
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width); // of what follows from (i, j) on
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      longest[i * width + j] = a[i] === b[j] ? longest[(i + 1) * width + j + 1] + 1 : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) alike(i++, j++);
    else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) i += 1;
    else j += 1;
  }
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
