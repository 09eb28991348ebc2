"use strict";
// The page asks for the state twice a second and draws what changed. It holds no state of its own but the choices
// of whose phone is looked at.

const here = (id) => document.getElementById(id);
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  Object.assign(element, attributes);
  element.append(...children);
  return element;
};
const time = (seconds) => new Date(seconds * 1000).toLocaleTimeString([], { hour12: false });
const service = document.body.dataset.service;
const PLAIN = new Set([..."@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"]);
const TWICE = new Set([..."^{}\\[~]|€\f"]);

let state = { version: -1, phones: [], chats: [], log: [], faults: {} };
const read = {};       // number or chat -> how many of its messages were looked at
let waiting = false;   // a hop is on its way

async function send(path, said) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(said) });
  await news();
  return answer.ok;
}

let asking = null;
function news() {
  asking ??= ask().finally(() => { asking = null; });
  return asking;
}
async function ask() {
  const line = here("line");
  try {
    const answer = await fetch(`state?since=${state.version}`);
    if (answer.status === 200) { state = await answer.json(); draw(); }
    else if (answer.status !== 204) throw new Error(answer.status);
    line.textContent = "The gateway is running";
    line.classList.remove("broken");
  } catch {
    line.textContent = "The gateway does not answer";
    line.classList.add("broken");
  }
}

// How much room a text takes on the air: the same reckoning as the carriers'.
function measure(text) {
  const letters = [...text];
  if (letters.every((each) => PLAIN.has(each) || TWICE.has(each))) {
    const units = letters.reduce((sum, each) => sum + (TWICE.has(each) ? 2 : 1), 0);
    return { units, name: "septets", parts: units <= 160 ? 1 : Math.ceil(units / 153) };
  }
  return { units: text.length, name: "UCS-2 characters", parts: text.length <= 70 ? 1 : Math.ceil(text.length / 67) };
}
const inWords = (parts, units, name) => `${parts} ${parts === 1 ? "part" : "parts"} · ${units} ${name}`;
const unitName = (alphabet) => (alphabet === "gsm7" ? "septets" : "UCS-2 characters");

// --- choosing whose phone ------------------------------------------------------------------------------------

function fill(select, people, key, messages, wanted) {
  const chosen = select.value || wanted(people) || "";
  const options = people.map((each) => {
    const unread = messages(each).filter((text) => !text.mine).length - (read[each[key]] || 0);
    const badge = unread > 0 && String(each[key]) !== chosen ? ` (${unread} new)` : "";
    return `${each[key]}\n${each.name}${badge}`;
  });
  if (select.dataset.drawn === options.join("|")) return;
  select.dataset.drawn = options.join("|");
  select.replaceChildren(...options.map((each) => {
    const [value, label] = each.split("\n");
    return make("option", { value, textContent: label });
  }));
  select.value = chosen;
}
const firstOf = (role) => (people) => String((people.find((each) => each.role === role) || people[0] || {}).number || "");

function draw() {
  const none = () => [];
  fill(here("ussd-who"), state.phones, "number", none, firstOf("returnee"));
  fill(here("sms-a-who"), state.phones, "number", (phone) => phone.texts, firstOf("returnee"));
  fill(here("sms-b-who"), state.phones, "number", (phone) => phone.texts, firstOf("provider"));
  fill(here("chat-who"), state.chats, "id", (chat) => chat.messages, (chats) => String((chats[0] || {}).id || ""));
  for (const select of document.querySelectorAll("select")) here(`${select.id}-number`).textContent = numberOf(select.value);
  drawDialogue();
  drawTexts("a");
  drawTexts("b");
  drawChat();
  drawLog();
  drawFaults();
}

const numberOf = (value) => (state.chats.find((each) => String(each.id) === value) || { number: value }).number;
const phoneOf = (select) => state.phones.find((each) => each.number === here(select).value);
const chatShown = () => state.chats.find((each) => String(each.id) === here("chat-who").value);

// --- the basic phone -----------------------------------------------------------------------------------------

function drawDialogue() {
  const dialogue = (phoneOf("ussd-who") || {}).dialogue;
  const open = Boolean(dialogue && dialogue.open);
  const screen = here("ussd-screen");
  const shown = dialogue ? dialogue.screen : `Dial ${service}`;
  if (screen.textContent !== shown) screen.textContent = shown;
  screen.classList.toggle("over", Boolean(dialogue) && !open);
  screen.classList.toggle("waiting", waiting);
  const room = here("ussd-measure");
  room.textContent = !dialogue ? "" : `${dialogue.units} ${unitName(dialogue.alphabet)} · hop ${dialogue.hops}${dialogue.cut ? " · cut by the network" : ""}${open ? "" : " · the dialogue is over"}`;
  room.classList.toggle("over", Boolean(dialogue && dialogue.cut));
  here("ussd-label").textContent = open ? "Your reply" : "Number to dial";
  here("ussd-send").textContent = open ? "Send" : "Dial";
  here("ussd-send").disabled = waiting;
  here("ussd-drop").disabled = !open;
  const input = here("ussd-input");
  if (input.dataset.open !== String(open)) {
    input.dataset.open = String(open);
    input.value = open ? "" : service;
  }
}

async function hop(path, said) {
  if (waiting) return;
  waiting = true;
  drawDialogue();
  try { await send(path, said); } finally {
    waiting = false;
    drawDialogue();
    here("ussd-input").focus({ preventScroll: true });
  }
}

here("ussd-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const phone = phoneOf("ussd-who"), input = here("ussd-input"), typed = input.value;
  if (!phone) return;
  if (phone.dialogue && phone.dialogue.open) { input.value = ""; hop("answer", { number: phone.number, text: typed }); }
  else hop("dial", { number: phone.number, code: typed });
});
here("ussd-drop").addEventListener("click", () => send("hang-up", { number: here("ussd-who").value }));
here("ussd-keys").append(...[..."123456789*0#"].map((key) => make("button", { type: "button", textContent: key })));
here("ussd-keys").addEventListener("click", (event) => {
  if (event.target.tagName === "BUTTON") here("ussd-input").value += event.target.textContent;
});

// --- SMS -----------------------------------------------------------------------------------------------------

const TICKS = { sending: "sending…", taken: "✓ taken by the network", delivered: "✓✓ delivered", failed: "✗ not delivered" };

function redraw(list, messages, item) {
  const drawn = JSON.stringify(messages);
  if (list.dataset.drawn === drawn) return;
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  list.dataset.drawn = drawn;
  list.replaceChildren(...messages.map(item));
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function bubble(text, about) {
  const words = make("div", { className: "bubble", dir: "auto", textContent: text.body });
  const facts = make("small", { className: text.status === "failed" ? "failed" : "", textContent: `${time(text.at)} · ${about}` });
  return make("li", { className: text.mine ? "mine" : "" }, words, facts);
}

function drawTexts(side) {
  const phone = phoneOf(`sms-${side}-who`);
  if (!phone) return;
  read[phone.number] = phone.texts.filter((text) => !text.mine).length;
  redraw(here(`sms-${side}-talk`), phone.texts, (text) =>
    bubble(text, `${TICKS[text.status] || text.status} · ${inWords(text.parts, text.units, unitName(text.alphabet))}`));
}

for (const side of ["a", "b"]) {
  const form = here(`sms-${side}-form`), input = here(`sms-${side}-input`), room = here(`sms-${side}-measure`);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!input.value.trim()) return;
    send("text", { number: here(`sms-${side}-who`).value, text: input.value });
    input.value = room.textContent = "";
  });
  input.addEventListener("input", () => {
    const { parts, units, name } = measure(input.value);
    room.textContent = units ? inWords(parts, units, name) : "";
  });
  here(`sms-${side}-who`).addEventListener("change", draw);
}

// --- Telegram ------------------------------------------------------------------------------------------------

function drawChat() {
  const chat = chatShown();
  if (!chat) return;
  read[chat.id] = chat.messages.filter((message) => !message.mine).length;
  redraw(here("chat-talk"), chat.messages, (message) => {
    const item = bubble(message, message.mine ? TICKS[message.status] : message.status === "waiting" ? "waiting for the bot…" : "Returnee Gateway");
    if (message.buttons.length) {
      item.append(make("div", { className: "buttons" }, ...message.buttons.map((row) =>
        make("div", { className: "set" }, ...row.map((each) => {
          const button = make("button", { type: "button", dir: "auto", textContent: each.label });
          button.dataset.message = message.id;
          button.dataset.data = each.data;
          button.classList.toggle("pressed", message.pressed === each.data);
          return button;
        })))));
    }
    return item;
  });
  here("chat-share").hidden = !chat.share_label;
  here("chat-share").textContent = chat.share_label || "";
  here("chat-block").setAttribute("aria-pressed", chat.blocked);
  here("chat-block").textContent = chat.blocked ? "Let the bot in again" : "Block the bot";
}

const user = () => Number(here("chat-who").value);
here("chat-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = here("chat-input");
  if (!input.value.trim()) return;
  send("chat/write", { user: user(), text: input.value });
  input.value = "";
});
here("chat-start").addEventListener("click", () => send("chat/write", { user: user(), text: "/start" }));
here("chat-share").addEventListener("click", () => send("chat/contact", { user: user() }));
here("chat-block").addEventListener("click", () => send("chat/block", { user: user(), blocked: !chatShown().blocked }));
here("chat-talk").addEventListener("click", (event) => {
  const { message, data } = event.target.dataset;
  if (data) send("chat/press", { user: user(), message, data });
});

// Enter sends, Shift+Enter makes a new line.
for (const area of document.querySelectorAll("textarea")) {
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); area.form.requestSubmit(); }
  });
}
for (const select of ["ussd-who", "chat-who"]) here(select).addEventListener("change", draw);

// --- the carriers --------------------------------------------------------------------------------------------

function drawLog() {
  const rows = state.log.slice(-60).reverse();
  const last = JSON.stringify(rows[0] || null) + state.log.length;
  if (here("log").dataset.drawn === last) return;
  here("log").dataset.drawn = last;
  here("log").replaceChildren(...rows.map((row) => {
    const bad = !/^2\d\d/.test(row.outcome);
    return make("tr", {},
      make("td", { textContent: time(row.at) }),
      make("td", { textContent: row.way === "to" ? "→ gateway" : "← gateway" }),
      make("td", { textContent: row.what }),
      make("td", { textContent: row.detail, dir: "auto" }),
      make("td", { textContent: row.outcome, className: bad ? "bad" : "" }));
  }));
}

function drawFaults() {
  for (const button of here("faults").querySelectorAll("button")) {
    const times = (state.faults || {})[button.dataset.fault] || 0;
    button.classList.toggle("armed", times > 0);
    button.querySelector("b").textContent = times ? `×${times}` : "";
  }
}
here("faults").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) send("faults", { fault: button.dataset.fault, times: (state.faults[button.dataset.fault] || 0) + 1 });
});
here("calm").addEventListener("click", async () => {
  for (const fault of Object.keys(state.faults)) if (state.faults[fault]) await send("faults", { fault, times: 0 });
});
here("reset").addEventListener("click", () => send("reset", {}));

news();
setInterval(() => { if (!document.hidden) news(); }, 500);
