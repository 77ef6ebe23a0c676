/* 工作台的键盘：写字时不管用。没有它，每件事也都能用鼠标和 Tab 办。 */
(() => {
  "use strict";
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  const all = (selector) => [...desk.querySelectorAll(selector)];
  const one = (selector) => desk.querySelector(selector);
  const writing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

  const boxes = all("input[name=chosen]");
  const whole = one("[data-desk-all]");
  whole?.addEventListener("change", () => boxes.forEach((box) => { box.checked = whole.checked; }));
  boxes.forEach((box) => box.addEventListener("change", () => { whole.checked = boxes.every((each) => each.checked); }));

  const quick = one("[data-desk-quick]");
  quick?.addEventListener("change", () => {
    const text = document.getElementById(quick.dataset.deskQuick);
    if (!quick.value) return;
    text.value = text.value.trim() ? `${text.value.trim()}\n${quick.value}` : quick.value;
    quick.value = "";
    text.focus();
  });

  // 一次提交只发一次：按了以后，按钮等答复。
  desk.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    else if (form.method === "post") form.dataset.sent = "1";
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  const talk = one(".desk-talk");
  if (talk) talk.scrollTop = talk.scrollHeight;
  one(".desk-move[open] [role=alert]")?.scrollIntoView({ block: "center" });

  let at = -1;
  const rows = all("[data-desk-row]");
  const moves = all("[data-move]");
  const step = (by) => {
    const items = rows.length ? rows : moves;
    if (!items.length) return;
    at = Math.max(0, Math.min(items.length - 1, at + by));
    items.forEach((item, index) => item.classList.toggle("at", index === at));
    items[at].scrollIntoView({ block: "nearest" });
    (items[at].querySelector("a, summary")).focus();
  };
  const say = (button) => {
    const text = document.getElementById("say-text");
    if (!text) return;
    text.focus();
    text.scrollIntoView({ block: "center" });
    text.dataset.will = button;
  };
  const press = (key) => one(`[data-key="${key}"]`)?.click();
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    x: () => { if (rows[at]) rows[at].querySelector("input[name=chosen]").click(); },
    m: () => press("m"),
    u: () => press("u"),
    r: () => say("reply"),
    n: () => say("note"),
    "/": () => { const field = document.getElementById("desk-q"); if (field) field.focus(); else location.assign(one("[data-key=u]").href); },
    "?": () => { const help = one(".desk-keys"); if (help) { help.open = !help.open; help.querySelector("summary").focus(); } },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") {
      if (writing(event.target)) event.target.blur();
      else moves.forEach((move) => { move.open = false; });
      return;
    }
    if (writing(event.target) || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
