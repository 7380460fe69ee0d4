// A caption as claims: its sentences, with what aligners found about each. The ones that need a look come first.

const VERDICTS = { contradicted: 'bad', not_visible: 'unsure', supported: 'fine' };
const RANK = { bad: 0, unsure: 1, unknown: 2, fine: 3 };

// `{ index, start, end, text, found, risk }` in the order of the text; together they are the whole text but for the spaces
// between them. `found` is what each aligner says: model, value, verdict, note.
export function claimsOf(clip, caption) {
  const checks = checksOf(clip, caption);
  return spans(caption.text, checks).map(({ start, end }, index) => {
    const text = caption.text.slice(start, end);
    const found = checks.flatMap((check) => check.sentences.filter((one) => one.text.trim() === text).map((one) => ({ ...one, model: check.model })));
    return { index, start, end, text, found, risk: riskOf(found) };
  });
}

// Contradicted, then not visible, then unknown, then supported; within each the lowest number first.
export const byRisk = (claims) => [...claims].sort((a, b) => RANK[a.risk] - RANK[b.risk] || lowest(a) - lowest(b) || a.index - b.index);

export const doubtful = (claim) => claim.risk === 'bad' || claim.risk === 'unsure';

// What is known of these words: a caption that was brought back has the checks of the one it came from.
function checksOf(clip, caption) {
  if (caption.checks.length) return caption.checks;
  return clip.captions.find((one) => one.text === caption.text && one.checks.length)?.checks || [];
}

function riskOf(found) {
  const said = found.map((one) => VERDICTS[one.verdict]).filter(Boolean);
  return said.sort((a, b) => RANK[a] - RANK[b])[0] || 'unknown';
}

const lowest = (claim) => Math.min(...claim.found.map((one) => one.value ?? Infinity), 1e9);

// The sentences as the first aligner cut them, where they are still the text; else as the language does.
function spans(text, checks) {
  const cut = checks.map((check) => located(text, check.sentences)).find(Boolean);
  return cut || sentences(text);
}

function located(text, found) {
  const places = [];
  let from = 0;
  for (const { text: words } of found) {
    const wanted = words.trim();
    const start = wanted ? text.indexOf(wanted, from) : -1;
    if (start < 0 || text.slice(from, start).trim()) return null;
    from = start + wanted.length;
    places.push({ start, end: from });
  }
  return places.length && !text.slice(from).trim() ? places : null;
}

function sentences(text) {
  const cut = [...new Intl.Segmenter(undefined, { granularity: 'sentence' }).segment(text)];
  return cut
    .map(({ segment, index }) => ({ start: index + segment.length - segment.trimStart().length, end: index + segment.trimEnd().length }))
    .filter(({ start, end }) => end > start);
}
