// One run: what it works on, how far each stage is, what came out, what failed and why.

import { ask, h, sentence, setText, when, whole } from './dom.js';
import { language, say } from './say.js';
import { span } from './spans.js';

const COUNTS = ['videos', 'clips', 'done', 'kept', 'dropped', 'unscored', 'failed', 'lost'];
const TROUBLES = ['unscored', 'failed', 'lost'];
const CHIP = { active: 'acc', paused: 'maybe', done: 'ok', cancelled: '' };
const SHORT = 44;
const WINDOW_S = 30; // over so long the pace is taken

export class RunCard {
  // `busy` says how busy the machines are, `open` shows one item.
  constructor(root, run, { busy, open, changed, failed }) {
    Object.assign(this, { root, id: run.run_id, busy, open, changed, failed, seen: [], bars: new Map() });
    root.dataset.run = run.run_id;
    this.counts = new Map(COUNTS.map((name) => [name, this.addCount(name)]));
    root.addEventListener('click', ({ target }) => this.click(target));
    this.find('.priority').addEventListener('change', ({ target }) => this.act('priority', target, { priority: Number(target.value) }));
    this.find('.progress').open = isOpen(run);
    this.find('.failures').addEventListener('toggle', () => this.loadFailures());
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  click(target) {
    const verb = target.dataset.act;
    if (verb === 'again') this.again(target);
    else if (verb) this.act(verb, target);
    if (target.dataset.item) this.open(target.dataset.item);
  }

  async act(verb, button, body = {}) {
    await this.safely(button, async () => this.draw(await ask(`/api/runs/${this.id}/${verb}`, body)));
    this.changed();
  }

  // Fills the form as it was for this run.
  again(button) {
    return this.safely(button, async () => document.dispatchEvent(new CustomEvent('clapper:again', { detail: await ask(`/api/runs/${this.id}/asked`) })));
  }

  async safely(button, work) {
    button.disabled = true;
    await work().catch((error) => this.failed(sentence(error)));
    button.disabled = false;
  }

  // ---- drawing

  draw(run) {
    this.drawHead(run);
    this.drawCounts(run);
    for (const stage of run.stages) this.drawStage(stage, run.state);
    setText(this.find('.pace'), this.pace(run));
    this.drawButtons(run);
    this.drawTroubles(run);
  }

  drawHead(run) {
    const [note, inputs, state] = ['.note', '.inputs', '.state'].map((selector) => this.find(selector));
    setText(this.find('.title'), `${run.recipe} ${run.run_id}`);
    setText(note, [run.kind === 'clips' ? say('queue.run.further') : '', run.note].filter(Boolean).join(' · '));
    note.hidden = !note.textContent;
    const first = short(run.inputs[0] || '');
    setText(inputs, run.inputs.length > 1 ? say('queue.run.more_inputs', { first, count: run.inputs.length - 1 }) : first);
    inputs.title = run.inputs.join('\n');
    const waits = run.state === 'active' && !run.stages.some((stage) => stage.running + stage.done + stage.failed);
    setText(state, say(`queue.states.${waits ? 'waiting' : run.state}`));
    state.className = `chip state ${waits ? '' : CHIP[run.state]}`;
    setText(this.find('.when'), `${run.by} · ${when(run.started_at)}`);
  }

  addCount(name) {
    const value = h('dd', {}, '0');
    const box = h('div', { class: name }, h('dt', {}, say(`queue.counts.${name}`)), value);
    this.find('.counts').append(box);
    return { box, value };
  }

  drawCounts(run) {
    const counts = run.kind === 'clips' ? onClips(run) : run.counts;
    for (const [name, { box, value }] of this.counts) {
      setText(value, whole(counts[name] ?? 0));
      box.hidden = !(name in counts) || (!counts[name] && TROUBLES.includes(name));
    }
  }

  drawStage(stage, state) {
    const bar = this.bars.get(stage.name) || this.addStage(stage.name);
    const total = totalOf(stage);
    for (const part of ['done', 'running', 'failed']) bar[part].style.width = `${total ? (100 * stage[part]) / total : 0}%`;
    setText(bar.text, stageInWords(stage, total, state));
    bar.track.setAttribute('aria-valuenow', total ? Math.round((100 * stage.done) / total) : 0);
  }

  addStage(name) {
    const [done, running, failed] = ['done', 'running', 'failed'].map((part) => h('i', { class: part }));
    const track = h('span', { class: 'bar', role: 'progressbar', 'aria-label': name }, done, running, failed);
    const bar = { track, done, running, failed, text: h('span', { class: 'faint' }) };
    this.find('.stages').append(h('span', { class: 'soft' }, name), track, bar.text);
    this.bars.set(name, bar);
    return bar;
  }

  pace(run) {
    if (run.state !== 'active') {
      this.seen = [];
      return run.state === 'paused' ? say('queue.run.paused') : say('queue.run.took', { time: span(run.seconds) });
    }
    const sum = (name) => run.stages.reduce((total, stage) => total + stage[name], 0);
    const now = { t: run.seconds, ended: sum('done') + sum('failed'), clips: run.counts.clips };
    this.seen = [...this.seen.filter((one) => one.t > now.t - WINDOW_S), now];
    const [first] = this.seen;
    const rate = (now.ended - first.ended) / (now.t - first.t);
    const parts = [span(run.seconds)];
    if (now.clips && run.seconds > 3) parts.push(say('queue.run.clips_a_minute', { rate: perMinute(now.clips / run.seconds) }));
    if (now.t - first.t > 3 && rate > 0) parts.push(timeLeft((sum('waiting') + sum('running')) / rate));
    return [...parts, this.busy()].filter(Boolean).join(' · ');
  }

  drawButtons(run) {
    const button = (verb) => this.find(`[data-act=${verb}]`);
    this.find('.priority').value = String(run.priority);
    this.find('.priority').hidden = button('cancel').hidden = !isOpen(run);
    this.find('.go').hidden = !run.counts.kept && !run.counts.unscored;
    button('pause').hidden = run.state !== 'active';
    button('resume').hidden = run.state !== 'paused';
    button('again').hidden = run.kind !== 'videos';
    button('retry').hidden = !run.counts.failed || run.state === 'cancelled';
  }

  // ---- what failed

  drawTroubles({ counts }) {
    const told = ['failed', 'lost'].filter((name) => counts[name]).map((name) => say(`queue.run.${name}`, { count: counts[name] })).join(' · ');
    this.find('.failures').hidden = !told;
    setText(this.find('.failures summary'), told);
    if (this.told !== told) this.loadFailures();
    this.told = told;
  }

  async loadFailures() {
    if (!this.find('.failures').open) return;
    const reasons = await ask(`/api/runs/${this.id}/reasons`).catch(() => null); // the list says it when the studio is away
    if (reasons) this.find('.groups').replaceChildren(...reasons.map(group));
  }
}

// A run on clips that are there makes none: how many it was given, and how many are through the last stage.
const onClips = ({ stages, counts }) => ({ clips: Math.max(0, ...stages.map(totalOf)), done: stages.at(-1)?.done ?? 0, failed: counts.failed });
const totalOf = (stage) => stage.waiting + stage.running + stage.done + stage.failed + stage.cancelled;

const isOpen = ({ state }) => state === 'active' || state === 'paused';

// The end of a path says more than its beginning.
const short = (path) => (path.length > SHORT ? `…/${path.split('/').filter(Boolean).slice(-2).join('/')}`.slice(0, 60) : path);

const perMinute = (rate) => (rate * 60 < 10 ? (rate * 60).toFixed(1) : whole(Math.round(rate * 60)));

function timeLeft(seconds) {
  const clock = new Date(Date.now() + 1000 * seconds).toLocaleTimeString(language, { timeStyle: 'short' });
  return say('queue.run.left', { time: span(seconds), clock });
}

function stageInWords(stage, total, state) {
  if (!total) return say(state === 'done' ? 'queue.stage.nothing_to_do' : 'queue.stage.nothing_yet');
  const parts = [say('queue.stage.done', { done: stage.done, total })];
  if (stage.running) parts.push(say('queue.stage.running', { number: stage.running }));
  if (stage.failed) parts.push(say('queue.stage.failed', { number: stage.failed }));
  if (stage.waiting && stage.done + stage.running) parts.push(say('queue.stage.waiting', { number: stage.waiting }));
  if (stage.per_minute && state === 'active') parts.push(say('queue.stage.a_minute', { rate: perMinute(stage.per_minute / 60) }));
  if (stage.cancelled) parts.push(say('queue.stage.cancelled', { number: stage.cancelled }));
  return parts.join(say('queue.stage.separator'));
}

// What failed for one reason; rows of a list have no item to open.
function group({ stage, reason, count, items }) {
  const line = ([id, label]) => h('li', {}, id ? h('button', { type: 'button', class: 'quiet small', 'data-item': id }, label) : label);
  return h('div', { class: 'group' },
    h('p', {}, h('span', { class: 'chip no' }, `${stage} · ${whole(count)}`), h('span', {}, reason)),
    h('ul', { class: 'faint' }, ...items.map(line), count > items.length && h('li', {}, say('queue.item.more', { number: count - items.length }))));
}
