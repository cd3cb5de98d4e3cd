/*
 * Small services of the page: the chat as a file, a sound, and a count in the title.
 */

/* Lets the patron keep what was said. */
export function transcript_save(title, lines, texts) {
    const when = new Intl.DateTimeFormat(texts.language, { dateStyle: 'short', timeStyle: 'short' });
    const text = lines.map(({ from, body, at }) => `[${when.format(at)}] ${
        texts[from === 'patron' ? 'you' : 'desk']}: ${body}`).join('\r\n');
    const anchor = document.createElement('a');
    anchor.href = URL.createObjectURL(new Blob([`${title}\r\n\r\n${text}\r\n`],
                                               { type: 'text/plain;charset=utf-8' }));
    anchor.download = `chat-${new Date().toISOString().slice(0, 10)}.txt`;
    anchor.click();
    setTimeout(URL.revokeObjectURL, 10000, anchor.href);
}

/* Two short notes. Browsers allow it once the patron has pressed something. */
let audio = null;
export function sound_play() {
    audio = audio || new AudioContext();
    for (const [i, hertz] of [660, 880].entries()) {
        const tone = audio.createOscillator();
        const volume = audio.createGain();
        const at = audio.currentTime + i * 0.12;
        tone.frequency.value = hertz;
        volume.gain.setValueAtTime(0.15, at);
        volume.gain.exponentialRampToValueAtTime(0.001, at + 0.25);
        tone.connect(volume).connect(audio.destination);
        tone.start(at);
        tone.stop(at + 0.25);
    }
}

/* For a page of its own; in a library's page the loader counts. */
export function count_new() {
    let unread = 0;
    let title = document.title;
    document.addEventListener('visibilitychange', () => {
        if (document.hidden || !unread)
            return;
        unread = 0;
        document.title = title;
    });
    return {
        title(text) {
            title = text;
            document.title = unread ? `(${unread}) ${text}` : text;
        },
        line() {
            if (document.hidden)
                document.title = `(${++unread}) ${title}`;
        },
    };
}
