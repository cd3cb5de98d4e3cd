/*
 * Takes the pictures of doc/widget.md:   node screenshots.mjs [FOLDER]
 *
 * With the stand-in for the desk, so that each shows what it should and nothing depends on the hour.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { browser_start } from './browser.mjs';
import { desk_page_open } from './desk_page.mjs';
import { prosody_new, SECRET } from './prosody.mjs';
import { serve_start } from './serve.mjs';
import { stand_in_new } from './stand_in.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] || join(here, '../../doc/screenshots');
const dist = mkdtempSync(join(tmpdir(), 'deskbell-pictures-'));
const PHONE = { viewport: { width: 390, height: 700 } };
const WIDE = { viewport: { width: 1100, height: 700 }, timezoneId: 'America/Chicago' };
const DIALOGUE = {
    en: ['Good morning! Where do I find the map of Missouri from 1846?',
         'Good morning. It is in the map room, third floor. A scan is here: https://example.org/maps/1846',
         'Wonderful. May I photograph it?', 'Yes, without flash. Shall I have it ready for you?'],
    es: ['Buenos días. ¿Dónde está el mapa de Misuri de 1846?',
         'Buenos días. En la sala de mapas, tercer piso: https://example.org/maps/1846',
         '¿Puedo fotografiarlo?', 'Sí, sin flash. ¿Se lo preparo?'],
    ar: ['صباح الخير، أين أجد خريطة ميزوري لعام 1846؟', 'صباح النور. في قاعة الخرائط، الطابق الثالث: https://example.org/maps/1846',
         'هل يمكنني تصويرها؟', 'نعم، بدون فلاش. هل أجهزها لك؟'],
};

const prosody = await prosody_new();
let serve, browser, desk;

function status(file, name = 'mobius-mobstate') {
    writeFileSync(join(dist, 'status', `${name}.json`),
                  JSON.stringify({ state: 'open', waiting: 0, next: null, ts: new Date().toISOString(), ...file }));
}

const address = (page) => `http://guest.localhost:${serve.port}/${page}`;

/* `todo` gets the patron's page (desk_page.mjs) and may do something before the picture. */
async function picture(name, url, options, todo = () => {}) {
    const context = await browser.context(options);
    const page = await context.newPage();
    await todo(page, () => desk_page_open(page, address(url)));
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await context.close();
    console.log(name);
}

async function talk(patron, language, short = false) {
    const [first, second, third, fourth] = DIALOGUE[language];
    await patron.ready();
    await patron.mark((await patron.say(first)).id);
    desk.say(second);
    await patron.line(second.slice(0, 20));
    if (!short) {
        await patron.mark((await patron.say(third)).id);
        desk.say(fourth);
        await patron.line(fourth);
    }
    desk.chat_state('composing');
    await patron.until_state({ typing: true });
}

const QUEUE = 'widget.html?queue=mobius-mobstate';
const chat = (language) => async (page, open) => talk(await open(), language);

try {
    execFileSync(process.execPath, [join(here, '../../widget/build.mjs'), '--out', dist]);
    mkdirSync(join(dist, 'status'));
    await prosody.start();
    serve = await serve_start({ dir: dist, xmpp_port: prosody.http_port });
    browser = await browser_start();
    desk = stand_in_new(prosody.component_port, SECRET);
    await desk.connect();
    status({});

    await picture('widget-library-page', 'index.html', WIDE, async (page, open) => talk(await open(), 'en', true));
    await picture('widget-button-closed', 'index.html', { viewport: { width: 700, height: 420 } }, async (page) => {
        status({ state: 'closed' });
        await page.goto(address('index.html'));
        await page.locator('deskbell-chat button', { hasText: 'Leave' }).waitFor();
        status({});
    });
    await picture('widget-phone', QUEUE, PHONE, chat('en'));
    await picture('widget-phone-dark', QUEUE, { ...PHONE, colorScheme: 'dark' }, chat('en'));
    await picture('widget-spanish', QUEUE, { ...PHONE, locale: 'es-MX' }, chat('es'));
    await picture('widget-right-to-left', QUEUE, { ...PHONE, locale: 'ar' }, chat('ar'));
    await picture('widget-few-colours', QUEUE, { ...PHONE, forcedColors: 'active' }, chat('en'));
    await picture('widget-menu', QUEUE, PHONE, async (page, open) => {
        await talk(await open(), 'en');
        await page.locator('#more').click();
    });
    desk.show = 'xa';
    status({ state: 'closed', next: new Date(Date.now() + 2 * 86400000).toISOString().replace(/T.*/, 'T14:00:00Z') });
    const closed = async (page, open) => {
        const patron = await open();
        await patron.ready();
        await page.waitForFunction(() => /\d/.test(document.getElementById('state').textContent));
        return patron;
    };
    await picture('widget-closed', QUEUE, { ...PHONE, timezoneId: 'America/Chicago' }, closed);
    await picture('widget-left-question', QUEUE, { ...PHONE, locale: 'es-MX', timezoneId: 'America/Chicago' },
                  async (page, open) => {
        await closed(page, open);
        await page.locator('#question').fill('¿Tienen el mapa de 1846?');
        await page.locator('#contact').fill('ana@example.org');
        await page.locator('#leave .main').click();
        await page.locator('.tick[data-how=delivered]').waitFor();
        desk.say('¡Gracias! Guardamos su pregunta para los bibliotecarios, que le responderán a ana@example.org.');
        await page.locator('.line.desk').waitFor();
    });
    status({ accent: '#7a1f2b', consent: true, consent_link: 'https://example.org/privacy',
             form: [{ label: 'Your name' }, { label: 'I am', type: 'select', required: true, options: ['a student', 'a guest'] }],
             texts: { en: { title: 'Map room' } } }, 'mobstate.map-room');
    await picture('widget-consent', `${QUEUE}&snippet=mobstate.map-room`, PHONE, async (page, open) => {
        await open();
        await page.locator('#gate button').waitFor();
    });
} finally {
    desk?.disconnect();
    await browser?.stop();
    await serve?.stop();
    await prosody.end();
    rmSync(dist, { recursive: true, force: true });
}
