// The tape of messages: bubbles, keys, quotes, stickers.

import { lang, say } from './telegram-words.js';

export class Tape {
  constructor(tape, wall, messenger) {
    Object.assign(this, { tape, wall, messenger, rows: new Map(), quotes: new Map(), begun: false });
    // The end stays in sight while pictures load, unless the reader scrolled back.
    const sizes = new ResizeObserver(() => { if (this.atEnd) wall.scrollTop = wall.scrollHeight; });
    sizes.observe(tape);
    sizes.observe(wall);
    this.atEnd = true;
    wall.addEventListener('scroll', () => { this.atEnd = wall.scrollHeight - wall.scrollTop - wall.clientHeight < 80; }, { passive: true });
  }

  // show takes the messages that changed and tells whether the talk has begun.
  show(chat) {
    for (const message of chat.messages) this.put(message);
    this.begun ||= chat.messages.length > 0;
    return this.begun;
  }

  put(message) {
    const old = this.rows.get(message.message_id);
    if (message.deleted) {
      old?.remove();
      return;
    }
    const row = this.row(message);
    this.rows.set(message.message_id, row);
    this.quotes.set(message.message_id, message);
    if (old) {
      if (!sameFace(old, row)) row.classList.add('edited');
      old.replaceWith(row);
      return;
    }
    row.classList.add('fresh');
    this.tape.append(row);
    this.wall.scrollTop = this.wall.scrollHeight;
  }

  row(message) {
    const row = document.createElement('li');
    row.className = message.from_bot ? 'row' : 'row mine';
    row.dataset.testid = 'telegram-message';
    row.dataset.from = message.from_bot ? 'bot' : 'person';
    const bubble = element('div', 'bubble');
    bubble.append(element('span', 'spoken', say(message.from_bot ? 'bot_says' : 'you_say')));
    if (message.reply_to_message) bubble.append(element('span', 'quote', this.quoted(message.reply_to_message)));
    bubble.append(...this.content(message, bubble), stamp(message));
    row.append(bubble);
    const keys = message.reply_markup?.inline_keyboard ?? [];
    if (keys.length > 0) row.append(this.keys(message, keys));
    return row;
  }

  quoted(message) {
    const known = this.quotes.get(message.message_id) ?? message;
    if (known.photo) return `📷 ${say('a_photo')}`;
    if (known.document) return `📎 ${known.document.file_name ?? say('a_file')}`;
    return known.text ?? '';
  }

  content(message, bubble) {
    if (message.sticker) {
      bubble.classList.add('bare');
      return [picture(this.messenger.fileURL(message.sticker.file_id), `${say('a_sticker')} ${message.sticker.emoji ?? ''}`)];
    }
    const parts = [];
    if (message.photo) {
      bubble.classList.add('pictured');
      parts.push(picture(this.messenger.fileURL(largest(message.photo).file_id), say('a_photo')));
    }
    if (message.document) parts.push(card('📎', message.document.file_name ?? say('a_file')));
    if (message.contact) parts.push(card('👤', `${message.contact.first_name} · ${message.contact.phone_number}`));
    parts.push(...rich(message.text ?? message.caption ?? '', message.entities ?? message.caption_entities ?? []));
    return parts;
  }

  keys(message, rows) {
    const box = element('div', 'keys');
    for (const row of rows) {
      const keyLine = document.createElement('div');
      for (const key of row) {
        const button = Object.assign(document.createElement('button'), { type: 'button', textContent: key.text });
        button.dataset.testid = 'telegram-button';
        button.addEventListener('click', async () => {
          button.dataset.busy = 'true';
          try { await this.messenger.press(message.message_id, key.callback_data); } finally { delete button.dataset.busy; }
        });
        keyLine.append(button);
      }
      box.append(keyLine);
    }
    return box;
  }
}

function sameFace(a, b) { return a.textContent === b.textContent; }

function element(name, className, words = '') {
  const el = document.createElement(name);
  el.className = className;
  el.textContent = words;
  return el;
}

function card(face, words) {
  const el = element('span', 'paper', words);
  el.dataset.face = face;
  return el;
}

function picture(src, alt) { return Object.assign(document.createElement('img'), { src, alt }); }

function largest(sizes) { return sizes.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a)); }

// rich sets entities off; their offsets count UTF-16 units, as strings do here.
function rich(words, entities) {
  const parts = [];
  let from = 0;
  for (const { type, offset, length } of entities.toSorted((a, b) => a.offset - b.offset)) {
    const tag = { bold: 'b', code: 'code' }[type];
    if (!tag || offset < from) continue;
    const set = element(tag, '', words.slice(offset, offset + length));
    if (tag === 'code') {
      set.title = say('copy');
      set.addEventListener('click', () => navigator.clipboard?.writeText(set.textContent));
    }
    parts.push(words.slice(from, offset), set);
    from = offset + length;
  }
  return [...parts, words.slice(from)];
}

function stamp(message) {
  const time = new Date(message.date * 1000).toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit' });
  const edited = message.edit_date ? `${say('edited')} ` : '';
  return element('span', 'stamp', `${edited}${time}${message.from_bot ? '' : ' ✓✓'}`);
}
