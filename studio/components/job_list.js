// The runs, newest first, asked for every second while something moves and somebody looks.
const { language, say } = window.clapper;
const banner = element.querySelector('.banner');
const empty = element.querySelector('.empty');
const list = element.querySelector('.runs');
const template = element.querySelector('template');
const item = element.querySelector('dialog.item');
const cards = new Map();
const COUNTS = ['videos', 'clips', 'kept', 'dropped', 'unscored', 'failed'];
const CHIP = { active: 'acc', paused: 'maybe', done: 'ok', cancelled: '' };
const SEPARATOR = say('queue.stage.separator');
const WINDOW_S = 30;
let timer = 0;
let asking = false;
let busy = '';

function node(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

const set = (target, text) => { if (target.textContent !== text) target.textContent = text; };
const number = (value) => value.toLocaleString(language);

function card(run) {
  const root = template.content.firstElementChild.cloneNode(true);
  const made = { root, id: run.run_id, seen: [], bars: new Map(), counts: new Map(), find: (selector) => root.querySelector(selector) };
  root.dataset.run = run.run_id;
  for (const name of COUNTS) {
    const box = node('div', name);
    const value = node('dd', '', '0');
    box.append(node('dt', '', say(`queue.counts.${name}`)), value);
    made.find('.counts').append(box);
    made.counts.set(name, { box, value });
  }
  root.addEventListener('click', (event) => {
    const verb = event.target.dataset.act;
    if (verb === 'again') again(made.id, event.target);
    else if (verb) act(made, verb, event.target);
    if (event.target.dataset.item) showItem(event.target.dataset.item);
  });
  made.find('.priority').addEventListener('change', (event) => act(made, 'priority', event.target, { priority: Number(event.target.value) }));
  made.find('.progress').open = run.state === 'active' || run.state === 'paused';
  made.find('.failures').addEventListener('toggle', () => loadFailures(made));
  cards.set(run.run_id, made);
  return made;
}

function draw(made, run) {
  const { find } = made;
  set(find('.title'), `${run.recipe} ${run.run_id}`);
  set(find('.note'), [run.kind === 'clips' ? say('queue.run.further') : '', run.note].filter(Boolean).join(' · '));
  find('.note').hidden = !find('.note').textContent;
  find('.priority').value = String(run.priority);
  const first = short(run.inputs[0] || '');
  set(find('.inputs'), run.inputs.length > 1 ? say('queue.run.more_inputs', { first, count: run.inputs.length - 1 }) : first);
  find('.inputs').title = run.inputs.join('\n');
  const waits = run.state === 'active' && !run.stages.some((stage) => stage.running + stage.done + stage.failed);
  set(find('.state'), say(`queue.states.${waits ? 'waiting' : run.state}`));
  find('.state').className = `chip state ${waits ? '' : CHIP[run.state]}`;
  set(find('.when'), `${run.by} · ${new Date(run.started_at * 1000).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' })}`);
  for (const [name, { box, value }] of made.counts) {
    set(value, number(run.counts[name]));
    box.hidden = !run.counts[name] && (name === 'unscored' || name === 'failed');
  }
  drawStages(made, run);
  drawPace(made, run);
  const open = run.state === 'active' || run.state === 'paused';
  find('.go').hidden = !run.counts.kept && !run.counts.unscored;
  find('[data-act=pause]').hidden = run.state !== 'active';
  find('[data-act=resume]').hidden = run.state !== 'paused';
  find('[data-act=cancel]').hidden = !open;
  find('.priority').hidden = !open;
  find('[data-act=again]').hidden = run.kind !== 'videos';
  find('[data-act=retry]').hidden = !run.counts.failed || run.state === 'cancelled';
  find('.failures').hidden = !run.counts.failed;
  set(find('.failures summary'), say('queue.run.failed', { count: run.counts.failed }));
  if (made.failed !== run.counts.failed) { made.failed = run.counts.failed; loadFailures(made); }
}

/** The end of a path says more than its beginning. */
function short(path) {
  return path.length > 44 ? `…/${path.split('/').filter(Boolean).slice(-2).join('/')}`.slice(0, 60) : path;
}

function drawStages(made, run) {
  for (const stage of run.stages) {
    const bar = made.bars.get(stage.name) || addStage(made, stage.name);
    const total = stage.waiting + stage.running + stage.done + stage.failed + stage.cancelled;
    const share = (part) => `${total ? (100 * part) / total : 0}%`;
    bar.done.style.width = share(stage.done);
    bar.running.style.width = share(stage.running);
    bar.failed.style.width = share(stage.failed);
    const parts = [say('queue.stage.done', { done: stage.done, total })];
    if (stage.running) parts.push(say('queue.stage.running', { number: stage.running }));
    if (stage.failed) parts.push(say('queue.stage.failed', { number: stage.failed }));
    if (stage.waiting && stage.done + stage.running) parts.push(say('queue.stage.waiting', { number: stage.waiting }));
    if (stage.per_minute && run.state === 'active') parts.push(say('queue.stage.a_minute', { rate: perMinute(stage.per_minute / 60) }));
    if (stage.cancelled) parts.push(say('queue.stage.cancelled', { number: stage.cancelled }));
    set(bar.text, total ? parts.join(SEPARATOR) : say(run.state === 'done' ? 'queue.stage.nothing_to_do' : 'queue.stage.nothing_yet'));
    bar.track.setAttribute('aria-valuenow', total ? Math.round((100 * stage.done) / total) : 0);
  }
}

function addStage(made, name) {
  const track = node('span', 'bar');
  const bar = { track, done: node('i', 'done'), running: node('i', 'running'), failed: node('i', 'failed'), text: node('span', 'faint') };
  track.setAttribute('role', 'progressbar');
  track.setAttribute('aria-label', name);
  track.append(bar.done, bar.running, bar.failed);
  made.find('.stages').append(node('span', 'soft', name), track, bar.text);
  made.bars.set(name, bar);
  return bar;
}

function drawPace(made, run) {
  if (run.state !== 'active') {
    made.seen = [];
    return set(made.find('.pace'), run.state === 'paused' ? say('queue.run.paused') : say('queue.run.took', { time: span(run.seconds) }));
  }
  const sum = (name) => run.stages.reduce((total, stage) => total + stage[name], 0);
  const now = { t: run.seconds, ended: sum('done') + sum('failed'), clips: run.counts.clips };
  made.seen = [...made.seen.filter((entry) => entry.t > now.t - WINDOW_S), now];
  const first = made.seen[0];
  const parts = [span(run.seconds)];
  const rate = (now.ended - first.ended) / (now.t - first.t);
  if (now.clips && run.seconds > 3) parts.push(say('queue.run.clips_a_minute', { rate: perMinute(now.clips / run.seconds) }));
  const left = (sum('waiting') + sum('running')) / rate;
  const clock = () => new Date(Date.now() + 1000 * left).toLocaleTimeString(language, { timeStyle: 'short' });
  if (now.t - first.t > 3 && rate > 0) parts.push(say('queue.run.left', { time: span(left), clock: clock() }));
  if (busy) parts.push(busy);
  set(made.find('.pace'), parts.join(' · '));
}

/** How busy cards are; without one, how busy the networks of a worker are, which is measured around their computing. */
function busyShare(loads) {
  const percent = (share) => `${Math.round(100 * share)} %`;
  const share = ({ model, gpus }) => (gpus.length ? say('queue.busy.gpu', { shares: gpus.map(percent).join(', ') }) : say('queue.busy.model', { share: percent(model) }));
  const one = (load) => `${loads.length > 1 ? `${load.host}: ` : ''}${share(load)}`;
  return loads.map(one).join(' · ');
}

const perMinute = (rate) => (rate * 60 < 10 ? (rate * 60).toFixed(1) : Math.round(rate * 60).toLocaleString(language));

function span(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return say('common.spans.seconds', { seconds: s });
  if (s < 3600) return say('common.spans.minutes_seconds', { minutes: Math.floor(s / 60), seconds: s % 60 });
  return say('common.spans.hours_minutes', { hours: Math.floor(s / 3600), minutes: Math.floor((s % 3600) / 60) });
}

async function loadFailures(made) {
  if (!made.find('.failures').open) return;
  const reply = await ask(`/api/runs/${made.id}/reasons`);
  if (!reply.ok) return;
  made.find('.groups').replaceChildren(...reply.answer.map(group));
}

function group({ stage, reason, count, items }) {
  const box = node('div', 'group');
  const head = node('p', '');
  head.append(node('span', 'chip no', `${stage} · ${number(count)}`), node('span', '', reason));
  const names = node('ul', 'faint');
  for (const [id, label] of items) {
    const button = node('button', 'quiet small', label);
    button.type = 'button';
    button.dataset.item = id;
    const line = node('li', '');
    line.append(button);
    names.append(line);
  }
  if (count > items.length) names.append(node('li', '', say('queue.item.more', { number: count - items.length })));
  box.append(head, names);
  return box;
}

/** Everything that is kept about one item, and all that happened to its clip or video. */
async function showItem(id) {
  const [{ ok, answer }, told] = await Promise.all([ask(`/api/runs/items/${id}`), ask(`/api/runs/items/${id}/story`)]);
  if (!ok) return tell(answer.detail);
  const facts = {
    item: answer.label, stage: answer.stage, state: say(`queue.item.states.${answer.state}`), tried: say('queue.item.times', { count: answer.attempts }),
    losses: answer.losses, worker: answer.worker, queued: at(answer.queued_at), ended: at(answer.ended_at),
    waits: at(answer.waits_until), kind: answer.kind, reason: answer.reason,
  };
  const list = item.querySelector('dl');
  list.replaceChildren();
  for (const [name, value] of Object.entries(facts)) if (value) list.append(node('dt', '', say(`queue.item.${name}`)), node('dd', '', String(value)));
  item.querySelector('.story').replaceChildren(...(told.ok ? told.answer : []).map(step));
  item.showModal();
}

const at = (seconds) => (seconds == null ? '' : new Date(seconds * 1000).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'medium' }));
const WRONG = ['failed', 'worker lost', 'dropped'];

/** One thing that happened: what, how it ended, how long it took, when, where and why. */
function step({ at: ended, what, how, seconds, worker, times, kind, reason, trace }) {
  const line = node('li', '');
  const head = node('p', '');
  const words = what === 'caption' ? written(how, kind) : endedAs(how, times);
  const title = ['caption', 'verdict'].includes(what) ? say(`queue.step.${what}`) : what;
  head.append(node('b', '', title), node('span', WRONG.includes(how) ? 'wrong' : '', words));
  if (seconds != null) head.append(node('span', 'faint', seconds < 10 ? say('common.spans.seconds', { seconds: seconds.toFixed(1) }) : span(seconds)));
  line.append(head, node('p', 'faint', [at(ended), worker].filter(Boolean).join(' · ')));
  if (reason) line.append(node('p', '', reason));
  if (trace) {
    const more = node('details', '');
    more.append(node('summary', 'faint', say('queue.step.trace')), node('pre', '', trace));
    line.append(more);
  }
  return line;
}

function written(who, outcome) {
  return outcome && outcome !== 'ok' ? say('queue.step.by_but', { who, outcome: say(`queue.outcomes.${outcome}`) }) : say('queue.step.by', { who });
}

function endedAs(how, times) {
  const said = say(`queue.step.how.${how}`);
  return times > 1 ? say('queue.step.often', { how: said, number: times }) : said;
}

/** Fills the form as it was for this run. */
async function again(id, button) {
  button.disabled = true;
  const { ok, answer } = await ask(`/api/runs/${id}/asked`);
  button.disabled = false;
  if (ok) document.dispatchEvent(new CustomEvent('clapper:again', { detail: answer }));
  else tell(answer.detail);
}

async function ask(path, body) {
  const options = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const reply = await fetch(path, options);
  if (reply.status === 401) location.assign('/login');
  return { ok: reply.ok, answer: await reply.json() };
}

async function act(made, verb, button, body = {}) {
  button.disabled = true;
  try {
    const { ok, answer } = await ask(`/api/runs/${made.id}/${verb}`, body);
    if (ok) draw(made, answer);
    else tell(answer.detail);
  } catch { tell(say('frame.away')); }
  button.disabled = false;
  refresh();
}

function tell(text) {
  set(banner, text || '');
  banner.hidden = !text;
}

async function refresh() {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  let pause = 2000;
  try {
    const { ok, answer } = await ask('/api/runs');
    if (ok) pause = show(answer) ? 1000 : 2000;
  } catch { tell(say('frame.trying_again')); }
  asking = false;
  if (element.isConnected && document.visibilityState === 'visible') timer = setTimeout(refresh, pause);
}

function show({ runs, workers, loads }) {
  busy = busyShare(loads);
  const moving = runs.some((run) => run.state === 'active');
  tell(moving && !workers ? say('queue.no_worker') : '');
  empty.hidden = runs.length > 0;
  runs.forEach((run, index) => {
    const made = cards.get(run.run_id) || card(run);
    draw(made, run);
    if (list.children[index] !== made.root) list.insertBefore(made.root, list.children[index] || null);
  });
  for (const [id, made] of cards) {
    if (!runs.some((run) => run.run_id === id)) { made.root.remove(); cards.delete(id); }
  }
  return moving;
}

document.addEventListener('clapper:runs', refresh);
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') refresh(); });
refresh();
