// Admin: accounts, assignments, and the log of who did what.

import { copyFrom } from './copying.js';
import { ask, h, parts as partsOf, sentence, when } from './dom.js';
import { say } from './say.js';

const ROLES = ['viewer', 'reviewer', 'lead', 'admin'];
const COUNTED = 1000;

export function mount(root) {
  return new Admin(root).start();
}

class Admin {
  constructor(root) {
    this.parts = partsOf(root);
  }

  start() {
    const { add, invite, assign, search, more } = this.parts;
    add.elements.role.replaceChildren(...ROLES.map((role) => h('option', { value: role, defaultSelected: role === 'reviewer' }, say(`admin.roles.${role}`))));
    sent(add, (given) => this.tell('/api/admin/accounts', given, (found) => { this.drawPeople(found); add.reset(); }));
    sent(assign, ({ where, ...given }) => this.tell('/api/admin/assignments', { ...given, where: [where] }, (found) => { this.drawTasks(found); assign.reset(); }));
    sent(search, () => this.log());
    invite.addEventListener('click', () => this.tell('/api/admin/invitations', { role: add.elements.role.value }, (link) => this.drawLink(link)));
    more.addEventListener('click', () => this.log(this.last));
    ask('/api/admin/accounts').then((found) => this.drawPeople(found)).catch(() => {}); // a lead sees no accounts
    this.tell('/api/admin/team', undefined, (found) => this.drawTasks(found));
    this.log();
  }

  // One change at a time: a double click is one wish.
  async tell(path, body, then) {
    if (body && this.changing) return;
    this.changing ||= Boolean(body);
    this.parts.banner.hidden = true;
    try {
      then(await ask(path, body));
      if (body) this.log();
    } catch (error) {
      this.parts.banner.textContent = sentence(error);
      this.parts.banner.hidden = false;
    } finally {
      if (body) this.changing = false;
    }
  }

  // ---- people

  drawPeople(found) {
    this.parts.people.hidden = false;
    this.parts.nobody.hidden = found.length > 0;
    this.parts.accounts.replaceChildren(...found.map((one) => this.account(one)));
  }

  account({ name, role, browsers, seen_at: seen }) {
    const change = (changed) => this.tell(`/api/admin/accounts/${encodeURIComponent(name)}`, changed, (found) => this.drawPeople(found));
    const choose = h('select', { 'aria-label': say('admin.people.role_of', { name }), on: { change: () => change({ role: choose.value }) } }, ...ROLES.map((one) => h('option', { value: one, selected: one === role }, say(`admin.roles.${one}`))));
    const button = (label, act) => h('button', { class: 'quiet small', 'aria-label': say('admin.people.act_on', { act: label, name }), on: { click: act } }, label);
    return h('div', { class: 'row line' }, h('b', {}, name), choose, h('span', { class: 'faint' }, browsers ? say('admin.people.signed_in', { browsers, when: when(seen) }) : say('admin.people.not_signed_in')), h('span', { class: 'grow' }),
      button(say('admin.people.new_password'), () => this.password(name, change)), button(say('admin.people.sign_out'), () => change({ sign_out: true })),
      button(say('admin.people.remove'), (event) => this.surely(event.target, () => change({ remove: true }))));
  }

  password(name, change) {
    const field = h('input', { type: 'password', minLength: 8, required: true, autocomplete: 'new-password', 'aria-label': say('admin.people.password_of', { name }) });
    const form = h('form', { class: 'row' }, h('span', {}, say('admin.people.password_of', { name })), field, h('button', { class: 'small' }, say('admin.people.set_password')));
    sent(form, () => change({ password: field.value }));
    this.parts.accounts.append(form);
    field.focus();
  }

  // What cannot be taken back takes a second press.
  surely(button, act) {
    if (button.dataset.sure) return act();
    button.dataset.sure = 'yes';
    button.textContent = say('admin.people.really');
  }

  drawLink({ path }) {
    const address = new URL(path, location.origin).href;
    this.parts.link.hidden = false;
    this.parts.link.replaceChildren(h('span', {}, say('admin.people.link')), ' ', h('code', {}, address), ' ',
      h('button', { class: 'quiet small', on: { click: ({ currentTarget }) => copyFrom(currentTarget, address) } }, say('admin.people.copy')));
  }

  // ---- assignments

  drawTasks({ names, tasks }) {
    this.parts.names.replaceChildren(...names.map((name) => h('option', { value: name })));
    const line = (task) => h('div', { class: 'row line' }, h('b', {}, task.person), h('a', { href: `/library?${new URLSearchParams(task.where.map((one) => ['where', one]))}` }, task.where.join(' and ')),
      task.note && h('span', { class: 'soft' }, task.note), h('span', { class: `chip ${task.left ? 'maybe' : 'ok'}` }, leftOf(task)), h('span', { class: 'grow' }),
      h('button', { class: 'quiet small', on: { click: () => this.tell(`/api/admin/assignments/${task.id}/drop`, {}, (found) => this.drawTasks(found)) } }, say('admin.tasks.take_back')));
    this.parts.tasks.replaceChildren(...(tasks.length ? tasks.map(line) : [h('p', { class: 'faint' }, say('admin.tasks.none'))]));
  }

  // ---- log

  async log(before) {
    const { search, log, more } = this.parts;
    const asked = new URLSearchParams([...new FormData(search)].filter(([, value]) => value.trim()));
    if (before) asked.set('before', before);
    const found = await ask(`/api/admin/log?${asked}`).catch(() => null);
    if (!found) return;
    const lines = found.map(entry);
    if (before) log.append(...lines);
    else log.replaceChildren(...(lines.length ? lines : [h('p', { class: 'faint' }, say('admin.log.none'))]));
    this.last = found.at(-1)?.id;
    more.hidden = found.length < 100;
  }
}

// As many as are counted, see `db/assignments.py`.
function leftOf({ left }) {
  if (!left) return say('admin.tasks.done');
  return left < COUNTED ? say('admin.tasks.left', { count: left }) : say('admin.tasks.many_left', { count: COUNTED });
}

function entry({ at, actor, kind, clip_id: clip, detail }) {
  const said = detail.after?.reason || Object.entries(detail).filter(([, value]) => ['string', 'number'].includes(typeof value)).map(([name, value]) => `${name} ${value}`).join(', ');
  return h('div', { class: 'row line' }, h('span', { class: 'faint' }, when(at)), h('b', {}, actor), h('span', { class: 'chip' }, kind),
    clip != null && h('a', { href: `/library?clip=${clip}` }, say('common.clip', { id: String(clip) })), h('span', { class: 'faint' }, said));
}

function sent(form, act) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    act(Object.fromEntries(new FormData(form)));
  });
}
