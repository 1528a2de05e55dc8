// The browser's own speech synthesis. Nothing is spoken before somebody asks for it.

export class Voice {
  constructor() {
    this.isOn = false;
  }

  /** Speak from now on, or no more. Returns whether this browser can do what is asked. */
  turn(isOn) {
    this.isOn = isOn;
    if (!isOn) this.stop();
    return !isOn || voices().length > 0;
  }

  say(text, language) {
    const voice = this.isOn && voices().find((one) => one.lang.toLowerCase().startsWith(language));
    if (!voice) return;
    const speech = new SpeechSynthesisUtterance(text);
    [speech.voice, speech.lang] = [voice, voice.lang];
    speechSynthesis.speak(speech);
  }

  stop() {
    if (this.isOn || voices().length) globalThis.speechSynthesis?.cancel();
  }
}

function voices() {
  return globalThis.speechSynthesis?.getVoices() ?? [];
}
