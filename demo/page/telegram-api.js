// What a person can do in the simulator, over its control addresses.

const base = '/demo/telegram/control';

export class Messenger {
  constructor(language) {
    // One person a tab: a reload keeps the chat, a second tab is somebody else.
    this.id = Number(sessionStorage.getItem('telegram-person')) || 900100000 + Math.floor(Math.random() * 99999999);
    sessionStorage.setItem('telegram-person', String(this.id));
    this.language = language;
    this.blocked = false;
  }

  async begin() {
    await this.ask('POST', '/people', { id: this.id, first_name: 'Гость', language_code: this.language });
    if (this.blocked) await this.act('unblock');
    await this.act('start');
  }

  text(words) { return this.act('text', { text: words }); }

  press(message, data) { return this.act('press', { message_id: message, data }); }

  contact() { return this.act('phone'); }

  toggleBlock() { return this.act(this.blocked ? 'unblock' : 'block'); }

  // photos go together as an album, compressed on the way as messengers do.
  async photos(files) {
    const pictures = await Promise.all(files.map(base64));
    return this.act('album', { pictures });
  }

  async file(file) {
    return this.act('document', { content: await base64(file), name: file.name, mime: file.type });
  }

  commands() { return this.ask('GET', `/commands?language=${this.language}`); }

  fileURL(id) { return `${base}/files/${encodeURIComponent(id)}`; }

  act(what, details = {}) { return this.ask('POST', `/people/${this.id}/${what}`, details); }

  async ask(method, path, body) {
    const answer = await fetch(base + path, { method, headers: { 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  // follow shows the chat and every change of it, for ever.
  async follow(show, onAway, onBack) {
    let version = 0;
    for (;;) {
      try {
        const chat = await this.ask('GET', `/chats/${this.id}?after=${version}&wait=25`);
        this.blocked = chat.blocked;
        version = Math.max(version, chat.version);
        show(chat);
        onBack();
      } catch {
        onAway();
        await new Promise((resolve) => { setTimeout(resolve, 1500); });
      }
    }
  }
}

function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result.slice(reader.result.indexOf(',') + 1)));
    reader.addEventListener('error', () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}
