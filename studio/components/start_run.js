// Shows the command that does the same, and starts the run that the form describes.
const code = element.querySelector('code');
const state = element.querySelector('.state');
const start = element.querySelector('[data-act=start]');
const copy = element.querySelector('[data-act=copy]');
let sending = false;
let edited = 0;

function draw() {
  edited = 0;
  const asked = props.value || {};
  code.textContent = asked.command || '';
  start.disabled = sending || Boolean(asked.problem);
  say(asked.problem || '', Boolean(asked.problem));
}

function say(text, bad) {
  state.textContent = text;
  state.className = 'state ' + (bad ? 'no' : 'soft');
}

async function begin() {
  sending = start.disabled = true;
  say('Starting …', false);
  await settled();
  const { inputs, recipe, sets } = props.value;
  try {
    const reply = await fetch('/api/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ inputs, recipe, sets }),
    });
    if (reply.status === 401) return location.assign('/login');
    const answer = await reply.json();
    say(reply.ok ? `Run ${answer.id} is queued.` : sentence(answer), !reply.ok);
    document.dispatchEvent(new CustomEvent('clapper:runs'));
  } catch {
    say('The studio does not answer. Is it still running?', true);
  } finally {
    sending = start.disabled = false;
  }
}

/** What was typed a moment ago may still be on its way through the form. */
async function settled() {
  while (edited && Date.now() - edited < 3000) await new Promise((done) => setTimeout(done, 20));
}

const sentence = (answer) => (typeof answer.detail === 'string' ? answer.detail : 'The studio could not take this.');

start.addEventListener('click', begin);
copy.addEventListener('click', async () => {
  await navigator.clipboard.writeText(code.textContent);
  copy.textContent = 'Copied';
  setTimeout(() => (copy.textContent = 'Copy'), 1500);
});
document.addEventListener('clapper:editing', () => (edited = Date.now()));
watch('value', draw);
draw();
