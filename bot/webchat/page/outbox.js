// The outbox: the person's messages leave in order, one at a time. A repeat
// carries the same id, so a lost answer costs nothing.

import { call } from './session.js';
import { say } from './words.js';

const tries = 3;
const longestWait = 60; // seconds; a longer refusal waits for the person
const textTimeout = 20_000;
const photoTimeout = 120_000;

export class Outbox {
  constructor(onChange) {
    this.onChange = onChange;
    this.queue = [];
    this.busy = false;
  }

  add(message) {
    this.queue.push(message);
    this.mark(message, 'queued');
    this.retry({ byHand: true }); // who writes on wants the earlier ones gone too
  }

  // retry sends what failed again, in the old order. Left alone, a message that
  // was refused for haste stays with the person.
  retry({ byHand }) {
    for (const message of this.queue) {
      if (message.state === 'failed' && (byHand || !message.hasty)) this.mark(message, 'queued');
    }
    this.pump();
  }

  async pump() {
    if (this.busy) return;
    this.busy = true;
    while (this.queue[0]?.state === 'queued' && await this.deliver(this.queue[0])) this.queue.shift();
    this.busy = false;
  }

  // deliver reports whether the message is done with, one way or the other.
  async deliver(message) {
    this.mark(message, 'sending');
    for (let n = 1; ; n++) {
      const verdict = await post(message);
      if (verdict.done) {
        this.mark(message, verdict.done, verdict.note);
        return true;
      }
      if (n === tries || verdict.wait > longestWait) {
        this.stop(verdict);
        return false;
      }
      this.mark(message, 'sending', verdict.note);
      await new Promise((resolve) => setTimeout(resolve, (verdict.wait ?? n) * 1000));
    }
  }

  // stop leaves everything unsent for later: what follows must not overtake.
  stop(verdict) {
    for (const message of this.queue) {
      message.hasty = verdict.wait !== undefined;
      this.mark(message, 'failed', verdict.wait === undefined ? '' : say('slow_stop'));
    }
  }

  mark(message, state, note = '') {
    message.state = state;
    message.note = note;
    this.onChange(message);
  }
}

// post asks once. The verdict has done ('sent', 'refused') or asks for another
// try: after wait seconds if the server named them.
async function post(message) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), message.file ? photoTimeout : textTimeout);
  try {
    const answer = await call('/chat/messages', () => ({ method: 'POST', signal: limit.signal, ...content(message) }));
    return await judged(answer);
  } catch {
    return {};
  } finally {
    clearTimeout(timer);
  }
}

function content({ id, text, button, file, name }) {
  if (file) {
    const form = new FormData();
    form.append('id', id); // first, so that the server knows whose photo it reads
    form.append('photo', file, name || 'photo.jpg');
    return { body: form };
  }
  const body = button === undefined ? { id, text } : { id, button };
  return { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
}

async function judged(answer) {
  if (answer.ok) return { done: 'sent' };
  if (answer.status >= 500 || answer.status === 408) return {};
  const told = await explanation(answer);
  if (answer.status === 429) return { wait: Number(answer.headers.get('Retry-After')) || 5, note: told || say('slow') };
  return { done: 'refused', note: told || say(ownWords[answer.status] ?? 'refused_other') };
}

const ownWords = { 413: 'refused_size', 415: 'refused_type' };

async function explanation(answer) {
  try {
    const { error } = await answer.json();
    return typeof error === 'string' ? error : '';
  } catch {
    return '';
  }
}
