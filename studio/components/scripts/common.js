// What two lists have in common, in order: the one longest common subsequence behind every comparison of texts.

const MOST_CELLS = 4_000_000; // beyond, what is not alike at either end counts as different

// For each list, which of its items belong to it.
export function common(a, b) {
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
