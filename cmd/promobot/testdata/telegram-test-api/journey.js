// A person of the telegram-test-api server talks to the bot that listens there.
// Usage: node journey.js PORT TOKEN. It says "ready" when the server is open,
// waits for a line, plays, and prints what was heard, a JSON text a line.

const TelegramServer = require('telegram-test-api');

const [, , port, token] = process.argv;
const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

async function play(client) {
  const hear = async () => {
    for (const { message } of (await client.getUpdates()).result) console.log(JSON.stringify(message.text));
  };
  const steps = [
    () => client.sendMessage(client.makeMessage('/start p_shop')),
    () => client.sendCallback(client.makeCallbackQuery('consent:data')),
    () => client.sendCallback(client.makeCallbackQuery('news:no')),
    () => client.sendMessage(client.makeMessage('+7 999 000-00-01')),
    () => client.sendMessage(client.makeMessage('Анна')),
    () => client.sendMessage(client.makeMessage('/balance')),
    () => client.sendMessage(client.makeMessage('/prizes')),
    () => client.sendMessage(client.makeMessage('СТОП')),
  ];
  for (const step of steps) {
    await step();
    await hear();
  }
}

async function main() {
  const server = new TelegramServer({ port: Number(port), host: '127.0.0.1', storage: 'RAM', storeTimeout: 120 });
  await server.start();
  console.log('ready');
  await new Promise((done) => { process.stdin.once('data', done); });
  await play(server.getClient(token, { timeout: 20000, userId: 555, chatId: 555, firstName: 'Анна', type: 'private' }));
  await wait(100);
  await server.stop();
  process.exit(0);
}

main().catch((err) => { console.error(err); process.exit(1); });
