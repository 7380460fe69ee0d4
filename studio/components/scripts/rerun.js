// Captioning again: what the form asks for, which clips the address names, what it will take, and the start of it.

import { ask, parts as partsOf, whole } from './dom.js';

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
    this.root.querySelector('[data-act=copy]').addEventListener('click', () => navigator.clipboard.writeText(this.code.textContent));
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
    this.say(value.problem || '', Boolean(value.problem));
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
    this.parts.which.textContent = estimate.clips === 1 ? 'One clip' : `${whole(estimate.clips)} clips`;
    this.parts.takes.textContent = takes(estimate);
    this.parts.question.hidden = !question;
    if (!question) return;
    this.parts.model.textContent = question.model;
    this.parts.frames.textContent = question.times_s.length
      ? `${question.times_s.length} frames of ${question.size.join(' × ')} at ${question.times_s.map((time) => time.toFixed(1)).join(', ')} s`
      : '';
    this.parts.system.hidden = !question.system;
    this.parts.system.textContent = question.system;
    this.parts.text.textContent = question.text || 'This method has no words of its own.';
  }

  async begin() {
    this.button.disabled = true;
    while (this.edited && Date.now() - this.edited < 3000) await new Promise((done) => setTimeout(done, 20));
    try {
      const { id, clips } = await ask('/api/reruns', { ...this.wanted, adopts: this.parts.adopts.checked });
      this.say(`Run ${id} is queued for ${clips === 1 ? 'one clip' : `${whole(clips)} clips`}; see the Queue.`, false);
    } catch (error) {
      this.fail(error);
    } finally {
      this.button.disabled = false;
    }
  }

  fail(error) {
    this.parts.question.hidden = true;
    this.say(error.status ? error.message : 'The studio does not answer. Is it still running?', true);
  }

  say(text, bad) {
    this.state.textContent = text;
    this.state.className = `state ${bad ? 'no' : 'soft'}`;
  }
}

const quoted = (text) => (/^[\w=.]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** "about 31,000 tokens in and at most 512 out; $0.12 at most; about 4 min" */
function takes(estimate) {
  if (!estimate.tokens_in) return 'No model is asked; this takes moments.';
  const about = estimate.knows ? 'about' : 'maybe';
  const words = [`${about} ${whole(estimate.tokens_in)} tokens in, at most ${whole(estimate.tokens_out)} out`];
  if (estimate.cost) words.push(`at most $${estimate.cost.toFixed(2)}`);
  words.push(estimate.seconds == null ? 'how long it takes is known once this model has written some' : `about ${span(estimate.seconds)}`);
  return `${words.join('; ')}.`;
}

const span = (seconds) => (seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`);
