// What this browser remembers: the token, the draft, and the person's own messages.
// The bot's messages are not kept here: the server sends them again.

const keptMessages = 200;
const keptThumbnails = 40;

// ?fresh makes a tab a person of its own, which two tabs of one test need.
const perTab = new URLSearchParams(location.search).has('fresh');

function storage() {
  try {
    const found = perTab ? sessionStorage : localStorage;
    found.setItem('promobot.probe', '1');
    found.removeItem('promobot.probe');
    return found;
  } catch {
    return inMemory(); // blocked by the browser: the chat works until the tab is closed
  }
}

function inMemory() {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
}

const box = storage();

export function recall(key) {
  return box.getItem(`promobot.${key}`) || '';
}

export function keep(key, value) {
  try {
    if (value) box.setItem(`promobot.${key}`, value);
    else box.removeItem(`promobot.${key}`);
  } catch {
    // A full storage costs the memory of a message, never the message.
  }
}

// ownMessages returns the person's messages, oldest first.
export function ownMessages() {
  try {
    const list = JSON.parse(recall('mine') || '[]');
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

// keepOwn stores a message or its new state. It reads before it writes, since
// another tab may have written in between.
export function keepOwn(message) {
  const list = ownMessages();
  const at = list.findIndex((m) => m.id === message.id);
  const { file, fresh, ...plain } = message; // a photo is too large to keep
  if (at >= 0) list[at] = plain;
  else list.push(plain);
  keep('mine', JSON.stringify(trimmed(list)));
}

// forgetSent drops what belongs to a conversation that is over.
export function forgetSent() {
  const over = ['sent', 'refused'];
  const unsent = ownMessages().filter((m) => !over.includes(m.state));
  keep('mine', JSON.stringify(unsent.map((m) => ({ ...m, after: '' }))));
}

function trimmed(list) {
  const last = list.slice(-keptMessages);
  return last.map((m, i) => (i < last.length - keptThumbnails && m.thumb ? { ...m, thumb: '' } : m));
}
