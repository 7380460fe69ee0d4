// The exports, newest first, asked for every second while one is being written and somebody looks.
const banner = element.querySelector('.banner');
const empty = element.querySelector('.empty');
const list = element.querySelector('.exports');
const template = element.querySelector('template');
const cards = new Map();
const CHIP = { waiting: '', leased: 'acc', ready: '', writing: 'acc', done: 'ok', failed: 'no', cancelled: '' };
const OPEN = ['waiting', 'ready', 'leased', 'writing'];
let timer = 0;

const set = (target, text) => { if (target.textContent !== text) target.textContent = text; };
const number = (value) => value.toLocaleString('en');

function card(row) {
  const root = template.content.firstElementChild.cloneNode(true);
  const made = { root, find: (selector) => root.querySelector(selector) };
  root.dataset.export = row.id;
  made.find('[data-act=cancel]').addEventListener('click', async (event) => {
    event.target.disabled = true;
    await ask(`/api/exports/${row.id}/cancel`, {}).catch(() => say('The studio does not answer. Is it still running?'));
    event.target.disabled = false;
    refresh();
  });
  made.find('[data-act=copy]').addEventListener('click', async (event) => {
    await navigator.clipboard.writeText(made.find('.dest').textContent);
    set(event.target, 'Copied');
    setTimeout(() => set(event.target, 'Copy path'), 1500);
  });
  cards.set(row.id, made);
  return made;
}

function draw({ find }, row) {
  const open = OPEN.includes(row.state);
  const share = row.total ? row.written / row.total : 0;
  set(find('.title'), row.dest.split('/').pop());
  set(find('.state'), row.state === 'leased' ? 'writing' : row.state === 'ready' ? 'waiting' : row.state);
  find('.state').className = `chip state ${CHIP[row.state] || ''}`;
  set(find('.what'), row.state === 'done' ? `${number(row.written)} pairs · ${row.format} · ${row.which}` : `${number(row.written)} of ${number(row.total)} pairs · ${row.format} · ${row.which}`);
  set(find('.when'), `${row.by} · ${new Date(row.created_at * 1000).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })}`);
  find('.bar').hidden = !open;
  find('.bar').setAttribute('aria-valuenow', Math.round(100 * share));
  find('.bar i').style.width = `${100 * share}%`;
  set(find('.dest'), row.dest);
  find('[data-act=cancel]').hidden = !open;
  find('[data-act=copy]').hidden = row.state !== 'done';
  set(find('.error'), row.state === 'failed' ? row.error || 'It could not be written.' : '');
  drawLeft(find, row.state === 'done' && row.error ? row.error.split('\n') : []);
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

function say(text) {
  set(banner, text || '');
  banner.hidden = !text;
}

async function refresh() {
  clearTimeout(timer);
  let pause = 2000;
  try {
    const { ok, answer } = await ask('/api/exports');
    if (ok) pause = show(answer) ? 1000 : 2000;
  } catch { say('The studio does not answer; trying again.'); }
  clearTimeout(timer);
  if (element.isConnected && document.visibilityState === 'visible') timer = setTimeout(refresh, pause);
}

function show({ exports, workers }) {
  const moving = exports.some((row) => OPEN.includes(row.state));
  say(moving && !workers ? 'No worker is running, so nothing is written. Start one with: python app.py worker' : '');
  empty.hidden = exports.length > 0;
  exports.forEach((row, index) => {
    const made = cards.get(row.id) || card(row);
    draw(made, row);
    if (list.children[index] !== made.root) list.insertBefore(made.root, list.children[index] || null);
  });
  return moving;
}

document.addEventListener('clapper:exports', refresh);
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') refresh(); });
refresh();
