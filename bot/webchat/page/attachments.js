// Pictures and files in the bot's messages. They belong to one person, so they
// are fetched with the token and shown from memory.

import { call } from './session.js';
import { say } from './words.js';

// isSticker tells stickers from other pictures: they have no paper behind them.
export const isSticker = (address) => Boolean(address?.startsWith('/chat/stickers/'));

// picture returns an <img> inside a key that opens it large.
export function picture(address, onOpen) {
  const key = photoKey(say(isSticker(address) ? 'sticker' : 'photo_bot'), onOpen);
  own(address)
    .then((blob) => key.show(URL.createObjectURL(blob)))
    .catch(() => { key.textContent = say('image_failed'); key.disabled = true; });
  return key;
}

// photoKey returns a key with a picture that is shown when its address is known.
export function photoKey(label, onOpen) {
  const key = document.createElement('button');
  key.type = 'button';
  key.className = 'photo';
  key.disabled = true;
  key.setAttribute('aria-label', `${label}. ${say('enlarge')}`);
  const img = document.createElement('img');
  img.alt = '';
  key.append(img);
  key.show = (src) => {
    img.src = src;
    key.disabled = false;
  };
  key.addEventListener('click', () => onOpen(img.src, label));
  return key;
}

// fileLink returns a link that downloads.
export function fileLink(address) {
  const name = fileName(address);
  const a = document.createElement('a');
  a.className = 'file';
  a.href = address;
  a.textContent = name || say('file');
  a.addEventListener('click', async (event) => {
    event.preventDefault();
    try {
      save(await own(address), name);
      a.textContent = name || say('file');
    } catch {
      a.textContent = say('file_failed');
    }
  });
  return a;
}

async function own(address) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) throw new Error('a stranger’s address');
  const answer = await call(url.href);
  if (!answer.ok) throw new Error(`${url.pathname}: ${answer.status}`);
  return answer.blob();
}

function fileName(address) {
  const last = new URL(address, location.href).pathname.split('/').pop();
  try {
    return last.includes('.') ? decodeURIComponent(last) : '';
  } catch {
    return last;
  }
}

function save(blob, name) {
  const a = document.createElement('a');
  a.href = URL.createObjectURL(blob);
  a.download = name || 'promobot';
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 60_000);
}
