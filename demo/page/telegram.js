// A chat with the bot in the messenger's skin. Behind it stands a simulator of
// the Bot API; what is seen here has gone over its wire.

import { Messenger } from './telegram-api.js';
import { Tape } from './telegram-tape.js';
import { dress, lang, say } from './telegram-words.js';

const at = (id) => document.getElementById(id);
const line = at('line');
const text = at('text');
const told = at('told');
const messenger = new Messenger(lang);
const tape = new Tape(at('tape'), at('wall'), messenger);

// tell says what went wrong; the next success takes it away.
async function attempt(work) {
  try {
    await work();
    told.textContent = '';
  } catch {
    told.textContent = say('failed');
  }
}

function grow() {
  text.style.height = 'auto';
  text.style.height = `${text.scrollHeight}px`;
}

async function sendText() {
  const words = text.value.trim();
  if (!words) return;
  text.value = '';
  grow();
  await attempt(() => messenger.text(words));
}

async function sendFiles(files, asPhoto) {
  const list = [...files];
  if (list.length === 0) return;
  await attempt(async () => {
    if (asPhoto) return messenger.photos(list);
    for (const file of list) await messenger.file(file);
  });
}

function showCommands(list) {
  at('commands').replaceChildren(...list.map(({ command, description }) => {
    const key = document.createElement('button');
    key.type = 'button';
    for (const part of [`/${command}`, description]) key.append(Object.assign(document.createElement('span'), { textContent: part }));
    key.addEventListener('click', () => { toggleCommands(false); attempt(() => messenger.text(`/${command}`)); });
    const item = document.createElement('li');
    item.append(key);
    return item;
  }));
}

async function toggleCommands(open) {
  if (open) await attempt(async () => showCommands(await messenger.commands()));
  at('commands').hidden = !open;
  at('menu').setAttribute('aria-expanded', String(open));
}

// showKeyboard puts the bot's own keys under the field.
function showKeyboard(keyboard) {
  const rows = keyboard?.keyboard ?? [];
  at('keyboard').hidden = rows.length === 0;
  at('keyboard').replaceChildren(...rows.flat().map((key) => {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: key.text });
    button.dataset.testid = 'telegram-keyboard';
    button.addEventListener('click', () => attempt(() => (key.request_contact ? messenger.contact() : messenger.text(key.text))));
    return button;
  }));
}

function show(chat) {
  const begun = tape.show(chat);
  at('start').hidden = begun && !chat.blocked;
  at('start').textContent = say(chat.blocked ? 'restart' : 'start');
  line.hidden = !at('start').hidden;
  if (line.hidden) toggleCommands(false);
  at('about').hidden = begun;
  at('block').textContent = say(chat.blocked ? 'unblock' : 'block');
  at('block').setAttribute('aria-pressed', String(chat.blocked));
  showKeyboard(line.hidden ? null : chat.keyboard);
}

at('start').addEventListener('click', () => attempt(() => messenger.begin()));
at('block').addEventListener('click', () => attempt(() => messenger.toggleBlock()));
at('menu').addEventListener('click', () => toggleCommands(at('commands').hidden));
line.addEventListener('submit', (event) => { event.preventDefault(); sendText(); });
text.addEventListener('input', grow);
text.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    sendText();
  }
});
for (const [id, asPhoto] of [['photo', true], ['file', false]]) {
  at(id).addEventListener('change', async (event) => {
    await sendFiles(event.target.files, asPhoto);
    event.target.value = '';
  });
}

// The page around hands over receipts of its tray.
addEventListener('message', (event) => {
  if (event.origin !== location.origin || event.data?.type !== 'promobot-photo') return;
  const { name, blob } = event.data;
  attempt(async () => {
    if (!tape.begun) await messenger.begin();
    const file = new File([blob], name, { type: blob.type });
    await (blob.type === 'image/jpeg' ? messenger.photos([file]) : messenger.file(file));
  });
});

dress();
messenger.follow(show, () => { told.textContent = say('away'); }, () => { told.textContent = ''; });
