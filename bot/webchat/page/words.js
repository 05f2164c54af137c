// The words of the page itself, in two languages. What the bot says comes from the bot.

const words = {
  ru: {
    name: 'Промобот',
    tagline: 'чеки превращаются в призы',
    log: 'Переписка',
    empty: 'Напишите «привет» или пришлите фото чека — начнём.',
    away: 'Связь пропала. Переписка вернётся вместе с ней.',
    jump: 'Новое сообщение ↓',
    photo: 'Прислать фото чека',
    input: 'Сообщение',
    send: 'Отправить',
    drop: 'Отпустите чек здесь',
    drop_note: 'Можно сразу несколько',
    viewer: 'Фото',
    close: 'Закрыть',
    status_opening: 'соединяюсь…',
    status_open: 'на связи',
    status_lost: 'восстанавливаю связь…',
    status_offline: 'нет интернета',
    state_queued: 'в очереди',
    state_sending: 'отправляю…',
    state_sent: 'отправлено',
    state_failed: 'Не отправлено. Повторить',
    refused_size: 'Фото больше 10 МБ. Снимите чек ещё раз с обычным качеством.',
    refused_type: 'Такой файл я не прочту. Пришлите фото чека: JPEG, PNG или WebP.',
    refused_empty: 'Файл пустой. Выберите фото ещё раз.',
    refused_other: 'Сообщение не принято. Попробуйте написать иначе.',
    slow: 'Слишком часто. Отправлю чуть позже сам.',
    slow_stop: 'Слишком часто. Подождите немного и нажмите «Повторить».',
    photo_lost: 'Страница обновилась, пока фото отправлялось. Если я не ответил, пришлите его ещё раз.',
    renewed: 'Прошлый разговор закрыт, начинаем новый. Баллы никуда не делись.',
    choices: 'Варианты ответа',
    from_me: 'Вы:',
    from_bot: 'Промобот:',
    photo_mine: 'Ваше фото: {name}',
    photo_bot: 'Картинка от Промобота',
    sticker: 'Стикер',
    enlarge: 'Открыть крупно',
    file: 'Скачать файл',
    file_failed: 'Файл не скачался. Нажмите ещё раз.',
    image_failed: 'Картинка не загрузилась.',
    copy: 'Скопировать',
    copied: 'Скопировано',
    copy_label: 'Скопировать код {code}',
  },
  en: {
    name: 'Promobot',
    tagline: 'receipts turn into prizes',
    log: 'Conversation',
    empty: 'Say “hello” or send a photo of a receipt to begin.',
    away: 'The connection is lost. The conversation comes back with it.',
    jump: 'New message ↓',
    photo: 'Send a photo of a receipt',
    input: 'Message',
    send: 'Send',
    drop: 'Drop the receipt here',
    drop_note: 'Several at once are fine',
    viewer: 'Photo',
    close: 'Close',
    status_opening: 'connecting…',
    status_open: 'online',
    status_lost: 'reconnecting…',
    status_offline: 'no internet',
    state_queued: 'waiting',
    state_sending: 'sending…',
    state_sent: 'sent',
    state_failed: 'Not sent. Try again',
    refused_size: 'The photo is larger than 10 MB. Take it again at normal quality.',
    refused_type: 'I cannot read this kind of file. Send a photo of the receipt: JPEG, PNG or WebP.',
    refused_empty: 'The file is empty. Choose the photo again.',
    refused_other: 'The message was not accepted. Try to put it differently.',
    slow: 'That was too fast. I will send it a little later.',
    slow_stop: 'That was too fast. Wait a little and press “Try again”.',
    photo_lost: 'The page was reloaded while the photo was on its way. If I did not answer, send it again.',
    renewed: 'The last conversation is closed, here is a new one. Your points are safe.',
    choices: 'Choices',
    from_me: 'You:',
    from_bot: 'Promobot:',
    photo_mine: 'Your photo: {name}',
    photo_bot: 'Picture from Promobot',
    sticker: 'Sticker',
    enlarge: 'Enlarge',
    file: 'Download the file',
    file_failed: 'The download did not finish. Press again.',
    image_failed: 'The picture did not load.',
    copy: 'Copy',
    copied: 'Copied',
    copy_label: 'Copy the code {code}',
  },
};

const asked = new URLSearchParams(location.search).get('lang') || navigator.language || 'ru';

// lang is the language of the page: Russian unless the reader's is another one.
export const lang = asked.toLowerCase().startsWith('ru') ? 'ru' : 'en';

// say returns the words of key with its {holes} filled.
export function say(key, holes = {}) {
  return words[lang][key].replace(/\{(\w+)\}/g, (_, name) => holes[name]);
}

// dress writes the words into the page: the page is Russian as served.
export function dress(root) {
  root.lang = lang;
  for (const el of root.querySelectorAll('[data-word]')) el.textContent = say(el.dataset.word);
  for (const el of root.querySelectorAll('[data-word-label]')) el.setAttribute('aria-label', say(el.dataset.wordLabel));
  for (const el of root.querySelectorAll('[data-word-placeholder]')) el.placeholder = say(el.dataset.wordPlaceholder);
}
