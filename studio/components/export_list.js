// The exports, newest first, asked for every second while one is being written and somebody looks.
const { language, say } = window.clapper;
const banner = element.querySelector('.banner');
const empty = element.querySelector('.empty');
const list = element.querySelector('.exports');
const template = element.querySelector('template');
const cards = new Map();
const CHIP = { waiting: '', leased: 'acc', ready: '', writing: 'acc', done: 'ok', failed: 'no', cancelled: '' };
const OPEN = ['waiting', 'ready', 'leased', 'writing'];
let timer = 0;

const set = (target, text) => { if (target.textContent !== text) target.textContent = text; };

function card(row) {
  const root = template.content.firstElementChild.cloneNode(true);
  const made = { root, find: (selector) => root.querySelector(selector) };
  root.dataset.export = row.id;
  made.find('[data-act=cancel]').addEventListener('click', async (event) => {
    event.target.disabled = true;
    await ask(`/api/exports/${row.id}/cancel`, {}).catch(() => tell(say('frame.away')));
    event.target.disabled = false;
    refresh();
  });
  made.find('[data-act=copy]').addEventListener('click', async (event) => {
    await navigator.clipboard.writeText(made.find('.dest').textContent);
    set(event.target, say('common.copied'));
    setTimeout(() => set(event.target, say('export.row.copy')), 1500);
  });
  made.find('[data-act=again]').addEventListener('click', async (event) => {
    event.target.disabled = true;
    const { ok, answer } = await ask(`/api/exports/${row.id}/again`, {}).catch(() => ({ ok: false, answer: {} }));
    if (!ok) set(made.find('.error'), typeof answer.detail === 'string' ? answer.detail : say('frame.not_taken'));
    event.target.disabled = false;
    refresh();
  });
  made.find('select').addEventListener('change', (event) => compare(made, row.id, event.target.value));
  cards.set(row.id, made);
  return made;
}

/** What came, went and changed since an earlier export; nothing when none is chosen. */
async function compare({ find }, id, since) {
  const section = find('.changes');
  section.hidden = !since;
  if (!since) return;
  set(find('.sums'), say('export.changes.comparing'));
  find('.changes ul').replaceChildren();
  const { ok, answer } = await ask(`/api/exports/${id}/changes?since=${since}`).catch(() => ({ ok: false, answer: {} }));
  if (!ok) return set(find('.sums'), answer.detail || say('export.changes.failed'));
  set(find('.sums'), ['added', 'removed', 'changed', 'same'].map((kind) => say(`export.changes.sums.${kind}`, { number: answer[kind] })).join(' · '));
  find('.changes ul').replaceChildren(...answer.examples.map(example));
}

function example({ label, before, after }) {
  const line = document.createElement('li');
  const kind = before === null ? 'added' : after === null ? 'removed' : 'changed';
  line.append(text('span', `chip ${{ added: 'ok', removed: 'no', changed: 'maybe' }[kind]}`, say(`export.changes.kinds.${kind}`)), text('span', 'faint', label));
  if (before !== null) line.append(text('p', after === null ? '' : 'was', before));
  if (after !== null) line.append(text('p', '', after));
  return line;
}

function text(tag, style, words) {
  return Object.assign(document.createElement(tag), { className: style, textContent: words });
}

function draw({ find }, row) {
  const open = OPEN.includes(row.state);
  const share = row.total ? row.written / row.total : 0;
  set(find('.title'), row.dest.split('/').pop());
  set(find('.state'), say(`export.states.${row.state}`));
  find('.state').className = `chip state ${CHIP[row.state] || ''}`;
  set(find('.what'), [pairs(row), row.format, say(`export.which.${row.which}`), ...(row.state === 'done' ? facts(row) : [])].join(' · '));
  set(find('.when'), `${row.by} · ${new Date(row.created_at * 1000).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' })}`);
  find('.bar').hidden = !open;
  find('.bar').setAttribute('aria-valuenow', Math.round(100 * share));
  find('.bar i').style.width = `${100 * share}%`;
  set(find('.dest'), row.dest);
  find('[data-act=cancel]').hidden = !open;
  find('[data-act=copy]').hidden = row.state !== 'done';
  find('[data-act=again]').hidden = open;
  if (row.state !== find('.error').dataset.of) set(find('.error'), row.state === 'failed' ? row.error || say('export.row.failed') : '');
  find('.error').dataset.of = row.state;
  drawLeft(find, row.state === 'done' && row.error ? row.error.split('\n') : []);
}

function pairs(row) {
  return row.state === 'done' ? say('export.row.pairs', { number: row.written }) : say('export.row.some', { number: row.written, total: row.total });
}

/** Sides of the split, size, and how much had been cut before. */
function facts({ summary: { counts = {}, bytes, reused }, written }) {
  const sides = Object.entries(counts).filter(([name]) => name).map(([side, number]) => say('export.row.side', { side, number }));
  const size = bytes ? [bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`] : [];
  const kept = () => (reused === written ? say('export.row.all_reused') : say('export.row.reused', { count: reused }));
  return [...sides, ...size, ...(reused ? [kept()] : [])];
}

/** The exports that this one can be compared with: all earlier ones whose rows are known. */
function drawCompare({ find }, row, earlier) {
  const select = find('select');
  find('.compare').hidden = !row.comparable || !earlier.length;
  const wanted = ['', ...earlier.map((one) => String(one.id))];
  if ([...select.options].map((option) => option.value).join() === wanted.join()) return;
  const chosen = select.value;
  select.replaceChildren(new Option('…', ''), ...earlier.map((one) => new Option(say('export.row.earlier', { name: one.dest.split('/').pop(), id: String(one.id) }), one.id)));
  select.value = wanted.includes(chosen) ? chosen : '';
}

function drawLeft(find, [summary, ...lines]) {
  find('.left').hidden = !summary;
  set(find('summary'), summary || '');
  find('.left ul').replaceChildren(...lines.map((line) => Object.assign(document.createElement('li'), { textContent: line })));
}

async function ask(path, body) {
  const options = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const reply = await fetch(path, options);
  if (reply.status === 401) location.assign('/login');
  return { ok: reply.ok, answer: await reply.json() };
}

function tell(text) {
  set(banner, text || '');
  banner.hidden = !text;
}

async function refresh() {
  clearTimeout(timer);
  let pause = 2000;
  try {
    const { ok, answer } = await ask('/api/exports');
    if (ok) pause = show(answer) ? 1000 : 2000;
  } catch { tell(say('frame.trying_again')); }
  clearTimeout(timer);
  if (element.isConnected && document.visibilityState === 'visible') timer = setTimeout(refresh, pause);
}

function show({ exports, workers }) {
  const moving = exports.some((row) => OPEN.includes(row.state));
  tell(moving && !workers ? say('export.no_worker') : '');
  empty.hidden = exports.length > 0;
  exports.forEach((row, index) => {
    const made = cards.get(row.id) || card(row);
    draw(made, row);
    drawCompare(made, row, exports.filter((one) => one.comparable && one.id < row.id));
    if (list.children[index] !== made.root) list.insertBefore(made.root, list.children[index] || null);
  });
  return moving;
}

document.addEventListener('clapper:exports', refresh);
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') refresh(); });
refresh();
