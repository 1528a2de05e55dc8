// The SMS of a call, on a telephone's screen.

import { element, isolated } from "/phone/page/element.js";

export class Messages {
  constructor(words) {
    this.words = words;
    this.screen = element("div", { class: "sms-screen" }, element("p", { class: "muted" }, words.text("sms.none")));
    this.root = element("div", { class: "sms-phone" }, this.screen);
    this.isEmpty = true;
  }

  add(sms) {
    if (this.isEmpty) this.screen.replaceChildren();
    this.isEmpty = false;
    const { words } = this;
    this.screen.append(
      element(
        "article",
        { class: "sms" },
        element("p", { class: "muted" }, `${words.text("sms.from")} `, isolated(sms.from), ` ${words.text("sms.to")} `, isolated(sms.to), " · ", isolated(words.time(sms.at))),
        element("p", { dir: sms.direction, class: "body" }, sms.body),
        element("p", { class: "muted" }, words.text("sms.segments", { segments: sms.segments })),
      ),
    );
  }
}
