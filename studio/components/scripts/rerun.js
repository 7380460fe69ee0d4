// Captioning again: what the form asks for, which clips the address names, what it will take, and the start of it.

import { copyFrom } from './copying.js';
import { ask, parts as partsOf, sentence } from './dom.js';
import { say } from './say.js';
import { roughly } from './spans.js';

const WAIT_MS = 350;

export function mount(root, { props, watch }) {
  return new Rerun(root, props, watch).start();
}

class Rerun {
  constructor(root, props, watch) {
    this.root = root;
    this.props = props;
    this.parts = partsOf(root);
    this.code = root.querySelector('code');
    this.state = root.querySelector('.state');
    this.button = root.querySelector('[data-act=start]');
    const query = new URLSearchParams(location.search);
    this.clips = (query.get('clips') || '').split(',').filter(Boolean).map(Number);
    this.where = query.getAll('where');
    this.some = Number(query.get('some')) || 0;
    this.given = { method: query.get('method') || 'video', sets: query.getAll('set') };
    this.round = 0;
    watch('value', () => this.draw());
  }

  start() {
    this.button.addEventListener('click', () => this.begin());
    this.root.querySelector('[data-act=copy]').addEventListener('click', ({ currentTarget }) => copyFrom(currentTarget, this.code.textContent));
    document.addEventListener('clapper:editing', () => (this.edited = Date.now()));
    this.parts.all.hidden = !this.clips.length && !this.where.length && !this.some;
    this.draw();
  }

  get wanted() {
    const { method, sets } = this.props.value || {};
    const more = method === this.given.method ? this.given.sets : [];
    return { method, sets: [...(sets || []), ...more], clips: this.clips, where: this.where, some: this.some };
  }

  draw() {
    this.edited = 0;
    const value = this.props.value || {};
    const where = this.where.flatMap((one) => ['--where', quoted(one)]);
    const sets = value.method === this.given.method ? this.given.sets.flatMap((one) => ['--set', quoted(one)]) : [];
    this.code.textContent = [value.command, ...sets, ...where].filter(Boolean).join(' ');
    this.tell(value.problem || '', Boolean(value.problem));
    this.button.disabled = Boolean(value.problem);
    clearTimeout(this.timer);
    if (!value.problem) this.timer = setTimeout(() => this.estimate(), WAIT_MS);
  }

  async estimate() {
    const round = ++this.round;
    try {
      const found = await ask('/api/reruns/estimate', this.wanted);
      if (round === this.round) this.show(found);
    } catch (error) {
      if (round === this.round) this.fail(error);
    }
  }

  show({ estimate, question }) {
    this.parts.which.textContent = say('rerun.clips', { count: estimate.clips });
    this.parts.takes.textContent = takes(estimate);
    this.parts.question.hidden = !question;
    if (!question) return;
    this.parts.model.textContent = question.model;
    const times = question.times_s.map((time) => time.toFixed(1)).join(', ');
    this.parts.frames.textContent = times && say('rerun.frames', { number: question.times_s.length, size: question.size.join(' × '), times });
    this.parts.system.hidden = !question.system;
    this.parts.system.textContent = question.system;
    this.parts.text.textContent = question.text || say('rerun.wordless');
  }

  async begin() {
    this.button.disabled = true;
    while (this.edited && Date.now() - this.edited < 3000) await new Promise((done) => setTimeout(done, 20));
    try {
      const { id, clips } = await ask('/api/reruns', { ...this.wanted, adopts: this.parts.adopts.checked });
      this.tell(say('rerun.queued', { id: String(id), count: clips }), false);
    } catch (error) {
      this.fail(error);
    } finally {
      this.button.disabled = false;
    }
  }

  fail(error) {
    this.parts.question.hidden = true;
    this.tell(sentence(error), true);
  }

  tell(text, bad) {
    this.state.textContent = text;
    this.state.className = `state ${bad ? 'no' : 'soft'}`;
  }
}

const quoted = (text) => (/^[\w=.]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** "about 31,000 tokens in and at most 512 out; $0.12 at most; about 4 min" */
function takes(estimate) {
  if (!estimate.tokens_in) return say('rerun.takes.nothing');
  const { knows, cost, seconds } = estimate;
  const parts = [say(knows ? 'rerun.takes.tokens' : 'rerun.takes.guessed', estimate)];
  if (cost) parts.push(say('rerun.takes.cost', { cost: cost.toFixed(2) }));
  parts.push(seconds == null ? say('rerun.takes.unknown') : say('common.spans.about', { span: roughly(seconds) }));
  return say('rerun.takes.all', { parts: parts.join(say('rerun.takes.between')) });
}
