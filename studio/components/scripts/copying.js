// Text into the clipboard, and the button says that it is there. Where the page came over plain http from another machine,
// browsers lend no clipboard to scripts: there the text is marked and copied as by hand.

import { h, setText } from './dom.js';
import { say } from './say.js';

const COPIED_MS = 1500;

export async function copyFrom(button, text) {
  if (button.dataset.says === undefined) button.dataset.says = button.textContent;
  await (navigator.clipboard ? navigator.clipboard.writeText(text) : byHand(button, text));
  setText(button, say('common.copied'));
  setTimeout(() => setText(button, button.dataset.says), COPIED_MS);
}

function byHand(button, text) {
  const field = h('textarea', { class: 'aside', readOnly: true, 'aria-hidden': 'true' });
  field.value = text;
  button.after(field);
  field.select();
  document.execCommand('copy');
  field.remove();
  button.focus();
}
