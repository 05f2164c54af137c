// The words of the demo page, in two languages.

const words = {
  ru: {
    title: 'Промобот — демо',
    ribbon: 'ДЕМО: всё внешнее — симуляторы',
    other: 'English',
    chat_title: 'Чат участника',
    skins: 'Мессенджер',
    skin_web: 'Веб-чат',
    catch: 'Отпустите чек здесь',
    pitch: 'Чек на фото — приз в чате. Каждый шаг на виду.',
    tray_title: 'Дайте боту чек',
    tray_lead: 'Нажмите на чек или перетащите его в телефон. Свой чек тоже подойдёт.',
    tray_failed: 'Чеки не загрузились. Обновите страницу.',
    sent: 'Отправлен: {title}',
    not_sent: 'Чек не отправился. Нажмите ещё раз.',
    trouble_title: 'А если что-то пойдёт не так?',
    trouble_none: 'Всё работает',
    trouble_down: 'ФНС лежит',
    trouble_slow: 'ФНС тормозит',
    trouble_not_yet: 'Чека ещё нет',
    trouble_told_none: '',
    trouble_told_down: 'Чек не пропадёт и не получит отказ: проверка дождётся ФНС.',
    trouble_told_slow: 'Человеку ответят сразу, а проверка придёт следом.',
    trouble_told_not_yet: 'Касса передаст чек позже: бот переспросит сам, до 72 часов.',
    trouble_failed: 'Переключить не удалось. Попробуйте ещё раз.',
    road_title: 'Дорога чека',
    road_empty: 'Отправьте чек, и здесь будет виден каждый его шаг: сколько занял и почему так решено.',
    road_number: 'Чек № {n}',
    road_total: 'Всего',
    road_told: 'Чек № {n}. {station}: {state}',
    table: 'Подробности: {station}',
    ms: '{n} мс',
    seconds: '{n} с',
    stored: 'Принято',
    code: 'Код',
    fns: 'ФНС',
    lines: 'Товары',
    rules: 'Правила',
    ledger: 'Баллы',
    certificate: 'Сертификат',
    state_: 'впереди',
    state_skipped: 'не понадобилось',
    state_running: 'идёт',
    state_done: 'готово',
    state_stopped: 'отказ',
    state_waiting: 'ждёт',
    state_review: 'смотрит человек',
    tabs: 'Разделы',
    tab_chat: 'Чат',
    tab_tray: 'Чеки',
    tab_road: 'Дорога',
  },
  en: {
    title: 'Promobot demo',
    ribbon: 'DEMO: everything outside is simulated',
    other: 'Русский',
    chat_title: 'The participant’s chat',
    skins: 'Messenger',
    skin_web: 'Web chat',
    catch: 'Drop the receipt here',
    pitch: 'A photo of a receipt, a prize in the chat. Every step in plain sight.',
    tray_title: 'Hand the bot a receipt',
    tray_lead: 'Press a receipt or drag it into the phone. Your own will do as well.',
    tray_failed: 'The receipts did not load. Reload the page.',
    sent: 'Sent: {title}',
    not_sent: 'The receipt was not sent. Press again.',
    trouble_title: 'And if something goes wrong?',
    trouble_none: 'All is well',
    trouble_down: 'Tax service down',
    trouble_slow: 'Tax service slow',
    trouble_not_yet: 'Receipt not there yet',
    trouble_told_none: '',
    trouble_told_down: 'No receipt is lost or refused: the check waits for the service.',
    trouble_told_slow: 'The person is answered at once, the check follows.',
    trouble_told_not_yet: 'The till delivers later: the bot asks again by itself, up to 72 hours.',
    trouble_failed: 'The switch did not work. Try again.',
    road_title: 'The receipt’s road',
    road_empty: 'Send a receipt and watch every step: how long it took and why it was decided so.',
    road_number: 'Receipt no. {n}',
    road_total: 'Total',
    road_told: 'Receipt no. {n}. {station}: {state}',
    table: 'Details: {station}',
    ms: '{n} ms',
    seconds: '{n} s',
    stored: 'Stored',
    code: 'Code',
    fns: 'Tax service',
    lines: 'Goods',
    rules: 'Rules',
    ledger: 'Points',
    certificate: 'Certificate',
    state_: 'ahead',
    state_skipped: 'not needed',
    state_running: 'running',
    state_done: 'done',
    state_stopped: 'refused',
    state_waiting: 'waiting',
    state_review: 'a person decides',
    tabs: 'Sections',
    tab_chat: 'Chat',
    tab_tray: 'Receipts',
    tab_road: 'Road',
  },
};

const asked = new URLSearchParams(location.search).get('lang') || navigator.language || 'ru';

export let lang = asked.toLowerCase().startsWith('ru') ? 'ru' : 'en';

// say returns the words of key with its {holes} filled.
export function say(key, holes = {}) {
  return words[lang][key].replace(/\{(\w+)\}/g, (_, name) => holes[name]);
}

// told picks the reader's language of a pair such as {text, text_en}.
export function told(thing, key) {
  return (lang === 'en' && thing[`${key}_en`]) || thing[key] || '';
}

export function switchLanguage() {
  lang = lang === 'ru' ? 'en' : 'ru';
}

// dress writes the words into the page.
export function dress() {
  document.documentElement.lang = lang;
  document.title = say('title');
  for (const el of document.querySelectorAll('[data-word]')) el.textContent = say(el.dataset.word);
  for (const el of document.querySelectorAll('[data-word-label]')) el.setAttribute('aria-label', say(el.dataset.wordLabel));
  for (const el of document.querySelectorAll('[data-word-title]')) el.title = say(el.dataset.wordTitle);
}
