// The browser's own speech synthesis, and the sounds that calls play. Nothing is heard before somebody asks for it.

export class Voice {
  constructor() {
    this.isOn = false;
    this.isBusy = false;
    this.waiting = [];
  }

  /** Speak from now on, or no more. Returns whether this browser can do what is asked. */
  turn(isOn) {
    this.isOn = isOn;
    if (!isOn) this.stop();
    return !isOn || voices().length > 0;
  }

  /** Say a text, or play the `sound` (an audio element) that holds it, after what is being said. */
  say(text, language, sound = null) {
    if (!this.isOn) return;
    this.waiting.push(sound ? () => this.play(sound) : () => this.speak(text, language));
    this.next();
  }

  async next() {
    if (this.isBusy) return;
    this.isBusy = true;
    while (this.waiting.length) await this.waiting.shift()();
    this.isBusy = false;
  }

  play(sound) {
    this.sound = sound;
    return new Promise((over) => {
      for (const end of ["ended", "pause", "error"]) sound.addEventListener(end, over, { once: true });
      sound.play().catch(over);
    });
  }

  speak(text, language) {
    const voice = voices().find((one) => one.lang.toLowerCase().startsWith(language));
    if (!voice) return Promise.resolve();
    const speech = new SpeechSynthesisUtterance(text);
    [speech.voice, speech.lang] = [voice, voice.lang];
    return new Promise((over) => {
      [speech.onend, speech.onerror] = [over, over];
      speechSynthesis.speak(speech);
    });
  }

  stop() {
    this.waiting = [];
    this.sound?.pause();
    globalThis.speechSynthesis?.cancel();
  }
}

function voices() {
  return globalThis.speechSynthesis?.getVoices() ?? [];
}
