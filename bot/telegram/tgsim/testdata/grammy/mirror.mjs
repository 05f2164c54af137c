// The bot of peers_test.go on grammY: node mirror.mjs poll|webhook URL TOKEN.
// It prints "ready" when updates can come, and ends with its standard input.
import { createServer } from "node:http";
import { Bot, InlineKeyboard, InputFile, InputMediaBuilder, webhookCallback } from "grammy";

const [mode, url, token] = process.argv.slice(2);
const setName = "mirror_by_promo_test_bot";
const bot = new Bot(token, { client: { apiRoot: url } });

async function download(ctx) {
  const file = await ctx.getFile();
  const answer = await fetch(`${url}/file/bot${token}/${file.file_path}`);
  if (!answer.ok) throw new Error(`file: status ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

bot.command("start", (ctx) =>
  ctx.reply(`Hello <b>${ctx.from.first_name}</b>`, {
    parse_mode: "HTML",
    reply_markup: new InlineKeyboard().text("Go", "go"),
  }));

bot.callbackQuery("go", async (ctx) => {
  await ctx.answerCallbackQuery("ok");
  await ctx.editMessageText("Gone");
});

bot.on("message:photo", async (ctx) => {
  const largest = ctx.msg.photo.at(-1);
  const content = await download(ctx);
  await ctx.replyWithPhoto(new InputFile(content, "p.jpg"), { caption: `${largest.width}x${largest.height}` });
  const twice = ["a.jpg", "b.jpg"].map((name) => InputMediaBuilder.photo(new InputFile(content, name)));
  await ctx.replyWithMediaGroup(twice);
});

bot.on("message:document", async (ctx) => {
  const content = await download(ctx);
  await ctx.replyWithDocument(ctx.msg.document.file_id, { caption: ctx.msg.document.file_name });
  await ctx.api.createNewStickerSet(ctx.from.id, setName, "Mirror", [
    { sticker: new InputFile(content, "s.png"), format: "static", emoji_list: ["🎉"] },
  ]);
  const set = await ctx.api.getStickerSet(setName);
  await ctx.replyWithSticker(set.stickers[0].file_id);
});

bot.on("message:text", async (ctx) => {
  await ctx.reply(ctx.msg.text, { reply_parameters: { message_id: ctx.msg.message_id } });
  await ctx.deleteMessage();
});

bot.catch((err) => {
  console.error(err.error);
  process.exit(1);
});
process.stdin.resume().on("end", () => process.exit(0));

await bot.api.setMyCommands([{ command: "start", description: "Start" }]);
if (mode === "webhook") {
  const server = createServer(webhookCallback(bot, "http", { secretToken: "s3cret_-A" }));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  await bot.api.setWebhook(`http://127.0.0.1:${server.address().port}/`, { secret_token: "s3cret_-A" });
  console.log("ready");
} else {
  await bot.start({ onStart: () => console.log("ready") });
}
