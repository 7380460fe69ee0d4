// A login that ran out: the same person logs in again over the page, so that nothing they typed is lost.

import { h } from './dom.js';
import { say } from './say.js';

let open = null;

export function logInAgain() {
  if (open) return;
  const name = document.querySelector('nav.frame .me span').textContent;
  const password = h('input', { type: 'password', name: 'password', autocomplete: 'current-password', required: true });
  const told = h('p', { class: 'no', role: 'alert' });
  const there = `/login?${new URLSearchParams({ next: location.pathname + location.search })}`;
  open = h('dialog', { class: 'frame door', 'aria-label': say('login.again.title'), on: { close: leave } },
    h('form', { on: { submit: (event) => enter(event, { name, password, told }) } },
      h('h2', {}, say('login.again.title')), h('p', {}, say('login.again.how', { name })),
      h('input', { type: 'hidden', name: 'name', value: name, autocomplete: 'username' }),
      h('label', {}, say('login.password'), password), told, h('button', {}, say('login.log_in')),
      h('a', { href: there }, say('login.again.other'))));
  document.body.append(open);
  open.showModal();
}

function leave() {
  open.remove();
  open = null;
}

async function enter(event, { name, password, told }) {
  event.preventDefault();
  told.textContent = '';
  const sent = { method: 'POST', body: new URLSearchParams({ name, password: password.value }), redirect: 'manual' };
  const reply = await fetch('/login', sent).catch(() => null);
  if (reply?.type !== 'opaqueredirect') {
    told.textContent = say(!reply ? 'common.unreachable' : reply.status === 429 ? 'login.too_many' : 'login.wrong');
    return password.select();
  }
  open.close();
  return window.dispatchEvent(new Event('online')); // what waited to be sent is sent now
}
