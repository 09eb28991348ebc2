"use strict";

// The page: what is shown and pressed. Its data (keys, list, texts) stand in it; nothing is ever fetched.

const DATA = JSON.parse(document.getElementById("data").textContent);
const KEYS = new Map(Object.entries(DATA.keys).map(([kid, key]) => [kid, unbase64(key)]));
const DAY = 86400;
const byId = (id) => document.getElementById(id);
const seconds = () => Math.floor(Date.now() / 1000);
const day = (at) => new Date(at * 1000).toISOString().slice(0, 10);
const lastMonth = (expires) => day(expires - 1).slice(0, 7).split("-").reverse().join("/");
const daysOld = (at) => Math.floor((seconds() - at) / DAY);

let language = DATA.languages.some(([tag]) => navigator.language.startsWith(tag)) ? navigator.language.slice(0, 2) : "en";
let list = null, unable = "", shown = null, asked = 0, notice = "", detector = null, stream = null;

const say = (name) => DATA.texts[language][name];

// --- showing -------------------------------------------------------------------------------------------------

function draw() {
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  document.title = say("title");
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
  byId("reader").hidden = !detector;
  byId("no-reader").hidden = Boolean(detector);
  byId("camera").hidden = !navigator.mediaDevices;
  byId("camera").textContent = say(stream ? "stop" : "camera");
  byId("video").hidden = !stream;
  rows(byId("list"), list ? [["list_of", day(list.issued)], ["days_old", daysOld(list.issued)]] : []);
  byId("notice").textContent = notice ? say(notice) : "";
  drawVerdict();
}

function drawVerdict() {
  const place = byId("verdict");
  place.className = shown ? shown.verdict : "";
  byId("heading").textContent = shown ? heading(shown.verdict) : "";
  rows(byId("facts"), shown?.card ? facts(shown) : []);
  byId("later").hidden = shown?.verdict !== "signed";
}

const heading = (verdict) => (verdict === "signed" ? `${say("signed")} ${say("issuer")}` : say(verdict));

function facts({ verdict, card }) {
  const told = [[verdict === "expired" ? "expired" : "not_expired", lastMonth(card.expires)]];
  if (verdict === "withdrawn") told.pop();
  else told.push(["not_withdrawn", ""]);
  told.push(["list_of", day(list.issued)], ["days_old", daysOld(list.issued)]);
  told.push(["number", card.number.replace(/(.{4})(?=.)/g, "$1 ")]);
  if (card.born) told.push(["birth_year", card.born]);
  if (seconds() < Math.max(list.issued, card.issued) - DAY) told.unshift(["clock", day(seconds())]);
  return told;
}

function rows(place, told) {
  place.replaceChildren(...told.map(([name, value]) => {
    const row = document.createElement("div"), term = document.createElement("dt"), said = document.createElement("dd");
    term.textContent = say(name);
    said.textContent = value;
    row.append(term, said);
    return row;
  }));
}

// --- doing -----------------------------------------------------------------------------------------------------

async function check(text) {
  const mine = (asked += 1);
  shown = null;
  notice = "";
  draw();
  const judgement = list ? await judged(text, KEYS, list, seconds()) : { verdict: unable };
  if (mine !== asked) return;  // somebody has asked again meanwhile
  shown = judgement;
  draw();
}

async function takeList(file) {
  try {
    const newer = await readList(new Uint8Array(await file.arrayBuffer()), KEYS);
    notice = !list || newer.issued > list.issued ? "list_taken" : "list_older";
    if (notice === "list_taken") { list = newer; shown = null; }
  } catch (error) {
    notice = error instanceof Unable ? "no_check" : "list_foreign";
  }
  draw();
}

async function found(image) {
  const codes = await detector.detect(image).catch(() => []);
  return codes.length ? codes[0].rawValue : "";
}

async function takePicture(file) {
  const image = await createImageBitmap(file).catch(() => null);
  const text = image ? await found(image) : "";
  if (text) return arrived(text);
  notice = "no_code";
  draw();
}

function arrived(text) {
  byId("text").value = text;
  return check(text);
}

async function camera() {
  if (stream) return stop();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    notice = "no_reader";
    return draw();
  }
  byId("video").srcObject = stream;
  draw();
  await byId("video").play();
  while (stream) {
    const text = await found(byId("video"));
    if (text && stream) { stop(); await arrived(text); }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function stop() {
  for (const track of stream.getTracks()) track.stop();
  stream = null;
  byId("video").srcObject = null;
  draw();
}

// --- beginning -------------------------------------------------------------------------------------------------

async function qrReader() {
  if (!("BarcodeDetector" in globalThis)) return null;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  return formats.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
}

async function begin() {
  const choice = byId("language");
  choice.append(...DATA.languages.map(([tag, name]) => new Option(name, tag, false, tag === language)));
  choice.addEventListener("change", () => { language = choice.value; draw(); });
  byId("form").addEventListener("submit", (event) => { event.preventDefault(); check(byId("text").value); });
  byId("camera").addEventListener("click", camera);
  byId("picture").addEventListener("change", (event) => event.target.files[0] && takePicture(event.target.files[0]));
  byId("newer").addEventListener("change", (event) => event.target.files[0] && takeList(event.target.files[0]));
  detector = await qrReader();
  try {
    list = await readList(unbase64(DATA.list), KEYS);
  } catch (error) {
    notice = unable = error instanceof Unable ? "no_check" : "list_foreign";
  }
  draw();
  document.body.dataset.ready = "yes";
}

begin();
