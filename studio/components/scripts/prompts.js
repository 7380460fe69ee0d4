// Prompts: a list by name, one open with its versions; saving makes a new version, never changes an old one.

import { diff, drawn } from './diff.js';
import { ask, h, parts as partsOf, when } from './dom.js';
import { say } from './say.js';

export function mount(root) {
  return new Prompts(root).start();
}

class Prompts {
  constructor(root) {
    this.parts = partsOf(root);
    this.byName = new Map();
  }

  async start() {
    const { parts } = this;
    parts.versions.addEventListener('change', () => this.open(this.byName.get(this.current.name)[parts.versions.selectedIndex]));
    parts.save.addEventListener('click', () => this.save());
    parts.text.addEventListener('input', () => this.links());
    addEventListener('popstate', () => this.open(this.named()));
    await this.load();
  }

  async load(then) {
    try {
      const { prompts, variables } = await ask('/api/prompts');
      this.byName = Map.groupBy ? Map.groupBy(prompts, (one) => one.name) : grouped(prompts);
      this.parts.variables.replaceChildren(...Object.entries(variables).flatMap(([name, meaning]) => [h('dt', {}, `{${name}}`), h('dd', {}, meaning)]));
      this.open(prompts.find((one) => one.digest === then) || this.named());
    } catch (error) {
      this.tell(error.message, true);
    }
  }

  /** The prompt that the address names, else the first. */
  named() {
    const name = new URLSearchParams(location.search).get('name');
    return (this.byName.get(name) || [...this.byName.values()][0] || [])[0];
  }

  open(prompt) {
    if (!prompt) return;
    this.current = prompt;
    const { parts } = this;
    const versions = this.byName.get(prompt.name);
    parts.list.replaceChildren(...[...this.byName].map(([name, all]) => this.entry(name, all)));
    parts.title.textContent = title(prompt.name);
    parts.version.textContent = say(prompt.by ? 'prompts.number_by' : 'prompts.number', { version: String(prompt.version), who: prompt.by });
    parts.versions.replaceChildren(...versions.map((one) => h('option', { selected: one === prompt }, `${one.version} · ${when(one.created_at)}`)));
    parts.about.textContent = prompt.note;
    parts.tags.replaceChildren(...prompt.tags.map((tag) => h('span', { class: 'chip' }, tag)));
    parts.fate.replaceChildren(...fate(prompt));
    parts.text.value = prompt.text;
    parts.system.value = prompt.system;
    parts.name.value = prompt.name;
    parts.note.value = parts.newTags.value = '';
    const before = versions[versions.indexOf(prompt) + 1];
    parts.differs.hidden = !before;
    if (before) parts.diff.replaceChildren(...drawn(diff(before.text, prompt.text)));
    this.links();
  }

  entry(name, all) {
    const used = all.reduce((sum, one) => sum + one.captions, 0);
    const open = () => { history.pushState(null, '', `?name=${encodeURIComponent(name)}`); this.open(all[0]); };
    return h('button', { type: 'button', 'aria-current': String(name === this.current.name), on: { click: open } },
      h('span', {}, title(name)), h('span', { class: 'faint' }, used ? say('prompts.captions', { count: used }) : ''));
  }

  links() {
    const same = this.parts.text.value === this.current.text && this.current.version === this.byName.get(this.current.name)[0].version;
    const prompt = same && this.current.name ? this.current.name : this.parts.text.value;
    const set = encodeURIComponent(`video.prompt=${prompt}`);
    this.parts.tryFive.href = `/rerun?method=video&some=5&set=${set}`;
    this.parts.use.href = `/rerun?method=video&set=${set}`;
  }

  async save() {
    const { parts } = this;
    const tags = parts.newTags.value.split(',').map((tag) => tag.trim()).filter(Boolean);
    try {
      const saved = await ask('/api/prompts', { name: parts.name.value.trim(), text: parts.text.value, system: parts.system.value, note: parts.note.value, tags });
      await this.load(saved.digest);
      this.tell(say('prompts.saved', { version: String(saved.version), name: title(saved.name) }), false);
    } catch (error) {
      this.tell(error.message, true);
    }
  }

  tell(text, bad) {
    this.parts.state.textContent = text;
    this.parts.state.className = `state ${bad ? 'no' : 'soft'}`;
  }
}

const title = (name) => name || say('prompts.nameless');

function grouped(prompts) {
  const found = new Map();
  for (const one of prompts) found.set(one.name, [...(found.get(one.name) || []), one]);
  return found;
}

/** How the captions fared: accepted out of decided, with the interval that such a number allows. */
function fate({ captions, accepted, rejected, interval }) {
  if (!captions) return [h('span', { class: 'faint' }, say('prompts.fate.unused'))];
  return [h('span', {}, say('prompts.captions', { count: captions })), h('span', { class: 'faint' }, share(accepted, accepted + rejected, interval))];
}

function share(accepted, decided, interval) {
  if (!decided) return say('prompts.fate.undecided');
  const facts = { share: Math.round((100 * accepted) / decided), count: decided };
  if (!interval) return say('prompts.fate.accepted', facts);
  const [low, high] = interval.map((end) => Math.round(100 * end));
  return say('prompts.fate.accepted_between', { ...facts, low, high });
}
