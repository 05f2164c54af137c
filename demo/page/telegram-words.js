// The words of the messenger's skin, in two languages.

const words = {
  ru: {
    title: 'Промобот в Telegram — симулятор',
    kind: 'бот · симулятор',
    block: 'Заблокировать',
    unblock: 'Разблокировать',
    about: 'Что умеет этот бот? Принимает фото чеков, проверяет их в налоговой и начисляет баллы на призы.',
    start: 'ЗАПУСТИТЬ',
    restart: 'РАЗБЛОКИРОВАТЬ',
    messages: 'Сообщения',
    message: 'Сообщение',
    menu: 'Меню команд',
    file: 'Прикрепить файл',
    photo: 'Отправить фото',
    send: 'Отправить',
    failed: 'Не отправилось. Попробуйте ещё раз.',
    away: 'Нет связи с симулятором — подключаюсь снова…',
    bot_says: 'Бот: ',
    you_say: 'Вы: ',
    a_photo: 'Фото',
    a_file: 'Файл',
    a_sticker: 'Стикер',
    edited: 'изменено',
    copy: 'Нажмите, чтобы скопировать',
  },
  en: {
    title: 'Promobot in Telegram: a simulator',
    kind: 'bot · simulator',
    block: 'Block',
    unblock: 'Unblock',
    about: 'What can this bot do? It takes photos of receipts, checks them with the tax service and adds points for prizes.',
    start: 'START',
    restart: 'UNBLOCK',
    messages: 'Messages',
    message: 'Message',
    menu: 'Menu of commands',
    file: 'Attach a file',
    photo: 'Send a photo',
    send: 'Send',
    failed: 'That was not sent. Try again.',
    away: 'The simulator is away; connecting again…',
    bot_says: 'Bot: ',
    you_say: 'You: ',
    a_photo: 'Photo',
    a_file: 'File',
    a_sticker: 'Sticker',
    edited: 'edited',
    copy: 'Press to copy',
  },
};

const asked = new URLSearchParams(location.search).get('lang') || navigator.language || 'ru';

export const lang = asked.toLowerCase().startsWith('ru') ? 'ru' : 'en';

export function say(key) { return words[lang][key]; }

// dress writes the words into the page.
export function dress() {
  document.documentElement.lang = lang;
  document.title = say('title');
  for (const el of document.querySelectorAll('[data-word]')) el.textContent = say(el.dataset.word);
  for (const el of document.querySelectorAll('[data-word-label]')) el.setAttribute('aria-label', say(el.dataset.wordLabel));
  for (const el of document.querySelectorAll('[data-word-title]')) el.title = say(el.dataset.wordTitle);
  for (const el of document.querySelectorAll('[data-word-hint]')) el.placeholder = say(el.dataset.wordHint);
}
