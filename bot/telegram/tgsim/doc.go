// Package tgsim is a simulator of Telegram's Bot API: real HTTP, its objects,
// its limits, its words and its faults. An unmodified client cannot tell it
// from the service it was written after, except that its people are invented
// and that it knows private chats with one bot only.
//
// It serves /bot<TOKEN>/<method> and /file/bot<TOKEN>/<path> in all four
// encodings, by long polling and by webhook. It reaches no other host than the
// webhook's: a file that is given by its address is refused. A webhook on a
// loopback address may be plain HTTP on any port.
//
// What people do and see, and what goes wrong, is at /control/… as JSON, and
// as methods of Sim for programs that hold the simulator. A refusal is 400 with
// {"error": …}. Contents of files are base64.
//
// # People
//
//	POST /control/people             {"id","first_name","last_name","username",
//	                                 "language_code","phone"}, all optional: makes
//	                                 a person known, or changes one
//	GET  /control/people             everybody
//	POST /control/people/{id}/{act}  does what a person does; somebody unknown
//	                                 becomes known by it. The answer is
//	                                 {"messages":[ids],"updates":[ids]}
//
// Acts and what they take:
//
//	start         payload: "" or 1–64 of A-Za-z0-9_-
//	text          text; whoever presses a key of the reply keyboard says its text
//	reply         text, message_id: answers a message of the chat
//	photo         picture, caption: is compressed to JPEG sizes of at most 1280
//	album         pictures, caption: one message each, one media_group_id
//	document      content, name, mime, caption: keeps its bytes
//	voice         content, seconds
//	sticker       file_id of a set's sticker, or emoji for any other
//	location      latitude, longitude
//	phone         shares the own phone, as the key that asks for it does
//	contact       contact {"phone_number","first_name","last_name","user_id"}: any
//	              card, of somebody else or without an account
//	forward       from (a person) and text, picture, content or contact
//	raw           fields: a message with any fields: "video", "web_app_data", …
//	press         message_id and data, or label: presses a button that is there
//	forge         message_id, data: what a changed client may send; a message that
//	              is not there is inaccessible to the bot, as very old ones are
//	block, unblock, deactivate
//	edit          message_id, text: changes an own message
//
// # What people see
//
//	GET /control/chats/{id}?after=V&wait=S  the chat as the person sees it: the
//	                messages that changed after version V in the form of the Bot
//	                API with "from_bot", "version" and, for one that is gone,
//	                "deleted"; the reply keyboard, "typing", presses of buttons and
//	                their answers. With wait it answers as soon as something has
//	                changed after V, at the latest after S seconds (at most 60)
//	GET /control/files/{file_id}            the content of a file
//	GET /control/commands?language=L        the menu that a person of the language sees
//
// # Updates
//
//	POST /control/updates/{id}/redeliver    delivers an update again
//	POST /control/hold                      holds new updates back
//	POST /control/release                   delivers them: {"order":[ids]} those
//	                                        first, {"reverse":true} the newest first
//	POST /control/advance {"seconds"}       moves the clock ahead
//
// # Faults and limits
//
//	POST   /control/faults   orders one
//	GET    /control/faults   what is ordered and how often it has happened ("met")
//	DELETE /control/faults   ends it all
//	PUT    /control/rates    {"enforce":true}: what comes faster than 1 message a
//	                         second to a chat after a burst of 3, or than 30 a
//	                         second to all, is refused with 429
//	GET    /control/rates    what the limits have seen, enforced or not: "over_chat",
//	                         "over_bot", and "early", the requests that came sooner
//	                         than a 429 had told
//
// A fault has a "kind", and all of these may be left out: "method" ("" is every
// method but getUpdates; "file" is a download; "webhook" a delivery, which takes
// huge, duplicate and wrong_secret), "chat", "skip" (matching requests that pass
// first), "count" (0 is once, -1 until cleared). Kinds and what they take:
//
//	refuse        code (400), text in the service's words, retry_after of a 429,
//	              which then holds for the chat, or with account for all of them
//	html          code (502): a proxy's page
//	slow          delay_ms
//	reset         breaks the connection before the request is taken
//	cut           breaks it after it was taken; of a file half is sent
//	huge          bytes of padding in the answer, or in the body of a delivery
//	duplicate     the next update is delivered twice
//	wrong_secret  a delivery with another secret
//
// With accepted, refuse and html answer after the request had its effect.
//
// # What the bot did
//
//	GET /control/requests?after=N  the log of requests; the token is never in it
//	GET /control/violations        what the strict checker found in them
//	GET /control/state             a summary
package tgsim
