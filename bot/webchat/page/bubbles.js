// The log: what the bot and the person said, as receipt paper and price tags.

import { fileLink, isSticker, photoKey, picture } from './attachments.js';
import { richText } from './richtext.js';
import { lang, say } from './words.js';

const nearEnd = 140; // pixels from the end that still count as reading the end
const longestPrinting = 20_000;

export class Log {
  constructor({ log, tape, jump, printing, empty, onButton, onRetry, onOpen }) {
    Object.assign(this, { log, tape, jump, printing, empty, onButton, onRetry, onOpen });
    this.bubbles = new Map(); // message id → row; an edit adds its own id to the row it changed
    this.own = new Map();
    this.day = '';
    this.heard = 0; // events of the bot so far
    this.expecting = false; // a key was pressed; its answer may change a message above
    jump.addEventListener('click', () => this.toEnd());
    this.follow();
  }

  // follow keeps the end in sight while pictures load and the keyboard of a
  // phone takes half of the room, until the reader scrolls back.
  follow() {
    this.following = true;
    let top = 0;
    this.log.addEventListener('scroll', () => {
      const end = this.atEnd();
      if (end) this.jump.hidden = true;
      if (end || this.log.scrollTop < top) this.following = end;
      top = this.log.scrollTop;
    }, { passive: true });
    const sizes = new ResizeObserver(() => { if (this.following) this.toEnd(); });
    sizes.observe(this.log);
    sizes.observe(this.tape);
  }

  // bot shows an event of the stream and reports whether it is a new message.
  bot(event) {
    const id = String(event.id);
    if (this.bubbles.has(id)) return false; // told twice
    this.heard++;
    this.printing.hidden = true;
    const edited = event.edits ? this.bubbles.get(String(event.edits)) : null;
    if (edited) {
      this.bubbles.set(id, edited);
      this.replace(edited, event);
      if (this.expecting) edited.scrollIntoView({ block: 'nearest' });
      this.expecting = false;
      return false;
    }
    this.expecting = false;
    const row = this.row('bot', id, event.at);
    this.fill(row, event);
    this.bubbles.set(id, row);
    this.append(row, { mine: false });
    return true;
  }

  fill(row, { text, image, file, buttons }) {
    const paper = row.querySelector('.paper');
    const parts = [];
    if (image) parts.push(picture(image, this.onOpen));
    if (text) parts.push(words(text));
    if (file) parts.push(fileLink(file));
    paper.classList.toggle('sticker', isSticker(image));
    paper.replaceChildren(...parts);
    row.querySelector('.choices')?.remove();
    if (buttons?.length) row.querySelector('.message').append(this.choices(buttons));
  }

  replace(row, event) {
    const held = row.contains(document.activeElement);
    this.fill(row, event);
    row.querySelector('time').replaceWith(clock(event.at));
    row.classList.remove('edited');
    void row.offsetWidth; // starts the highlight anew
    row.classList.add('edited');
    if (held) (row.querySelector('.choices button') ?? this.log).focus({ preventScroll: true });
  }

  choices(buttons) {
    const group = document.createElement('div');
    group.className = 'choices';
    group.setAttribute('role', 'group');
    group.setAttribute('aria-label', say('choices'));
    for (const { id, label } of buttons) {
      const key = document.createElement('button');
      key.type = 'button';
      key.dataset.testid = 'chat-button';
      key.dataset.button = id;
      key.textContent = label;
      key.addEventListener('click', () => {
        this.onButton({ id, label });
        this.expecting = true;
      });
      group.append(key);
    }
    return group;
  }

  // mine shows the person's message, or its new state.
  mine(message) {
    const known = this.own.get(message.id);
    if (known) return this.state(known, message);
    const row = this.row('me', message.id, message.at);
    row.querySelector('.paper').append(this.ownContent(message));
    this.own.set(message.id, row);
    this.state(row, message);
    this.append(row, { mine: true });
  }

  ownContent({ text, label, name, thumb, file }) {
    if (name === undefined) return words(label ?? text);
    const key = photoKey(say('photo_mine', { name }), (src, title) => {
      this.onOpen(file ? URL.createObjectURL(file) : src, title);
    });
    if (thumb) {
      key.show(thumb);
      return key;
    }
    const plain = document.createElement('div');
    plain.className = 'nameless';
    plain.textContent = name;
    return plain;
  }

  state(row, message) {
    const { state, note } = message;
    const bubble = row.querySelector('.message');
    bubble.dataset.state = state;
    const shown = row.querySelector('.state');
    shown.replaceChildren();
    row.querySelector('.note')?.remove();
    if (state === 'failed') shown.append(this.retryKey());
    else if (state !== 'refused') shown.append(spoken(say(`state_${state}`)));
    if (note) row.append(noteOf(note));
    this.awaitAnswer(message);
  }

  // awaitAnswer shows that an answer is on its way, unless it overtook the receipt.
  awaitAnswer({ state, fresh }) {
    if (state === 'sending') this.heardBefore = this.heard;
    if (state !== 'sent' || !fresh || this.heard !== this.heardBefore) return;
    this.printing.hidden = false;
    clearTimeout(this.patience);
    this.patience = setTimeout(() => { this.printing.hidden = true; }, longestPrinting);
    if (this.following) this.toEnd();
  }

  retryKey() {
    const key = document.createElement('button');
    key.type = 'button';
    key.className = 'retry';
    key.textContent = say('state_failed');
    key.addEventListener('click', this.onRetry);
    return key;
  }

  // remark is a line of the page itself, between messages.
  remark(text) {
    const p = document.createElement('p');
    p.className = 'remark';
    p.textContent = text;
    this.append(p, { mine: false });
  }

  // forget keeps what is on the screen and drops the numbers: a new
  // conversation counts its messages anew.
  forget() {
    this.bubbles.clear();
  }

  row(from, id, at) {
    this.newDay(at);
    const row = document.createElement('div');
    row.className = `row ${from}`;
    const message = document.createElement('div');
    message.className = 'message';
    Object.assign(message.dataset, { testid: 'chat-message', from, id });
    const paper = document.createElement('div');
    paper.className = 'paper';
    message.append(paper);
    const meta = document.createElement('p');
    meta.className = 'meta';
    const state = document.createElement('span');
    state.className = 'state';
    meta.append(clock(at), state);
    row.append(spoken(say(`from_${from}`)), message, meta);
    return row;
  }

  newDay(at) {
    const day = moment(at).toLocaleDateString(lang, { day: 'numeric', month: 'long' });
    if (day === this.day) return;
    this.day = day;
    const p = document.createElement('p');
    p.className = 'day';
    p.textContent = day;
    this.tape.append(p);
  }

  append(node, { mine }) {
    const follow = mine || this.following;
    this.empty.hidden = true;
    this.tape.append(node);
    if (follow) this.toEnd();
    else this.jump.hidden = false;
  }

  atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < nearEnd;
  }

  toEnd() {
    this.following = true;
    this.log.scrollTop = this.log.scrollHeight;
    this.jump.hidden = true;
  }
}

function words(text) {
  const p = document.createElement('p');
  p.className = 'words';
  p.append(richText(String(text)));
  return p;
}

// spoken is for those who listen to the page: the eye sees it by shape and side.
function spoken(text) {
  const span = document.createElement('span');
  span.className = 'spoken';
  span.textContent = `${text} `;
  return span;
}

function noteOf(text) {
  const p = document.createElement('p');
  p.className = 'note';
  p.textContent = text;
  return p;
}

function moment(at) {
  const found = new Date(at ?? Date.now());
  return Number.isNaN(found.getTime()) ? new Date() : found;
}

function clock(at) {
  const found = moment(at);
  const time = document.createElement('time');
  time.dateTime = found.toISOString();
  time.textContent = found.toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return time;
}
