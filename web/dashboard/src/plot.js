/*
 * A plot of a table whose first column is a time or a group and whose others are numbers: one column at a
 * time, chosen by its name. The table stands beside it and says the same.
 */
import uPlot from 'uplot';
import { element, id_new } from './dom.js';
import { column_numbers } from './table.js';

const DATE = /^(\d{4})-(\d\d)(?:-(\d\d))?(?:[ T](\d\d):(\d\d)(?::\d\d)?)?/;
const HEIGHT = 260;
const WHOLE = Array.from({ length: 10 }, (_, i) => [1, 2, 5].map((step) => step * 10 ** i)).flat();
const UNITS = { number: '', share: '%', duration: ' min' };

/* Seconds, by a clock that knows no summer time: the desk's days are of a library's clock, not ours. */
function time_read(text) {
    const [, year, month, day = '1', hour = '0', minute = '0'] = DATE.exec(text) || [];
    return year && Date.UTC(year, month - 1, day, hour, minute) / 1000;
}

/* A sum at the end would dwarf what it is of. */
function rows_plotted(rows) {
    return /^(total|sum|all)$/i.test(rows.at(-1)?.[0] ?? '') ? rows.slice(0, -1) : rows;
}

function plot_read(columns, all_rows) {
    const rows = rows_plotted(all_rows);
    if (rows.length < 2 || columns.length < 2)
        return null;
    const series = columns.slice(1).map(({ label }, i) => ({ label, ...column_numbers(rows, i + 1) }));
    const known = series.filter(({ numbers }) => numbers);
    const texts = rows.some((row) => row.slice(1).some((cell, i) => cell && cell !== '-'
        && !series[i].numbers));
    if (texts || known.length === 0)
        return null;
    const groups = rows.map((row) => row[0] ?? '');
    const times = groups.map(time_read);
    const in_time = times.every((time, i) => time !== undefined && (i === 0 || time > times[i - 1]));
    return { series: known, groups, x: in_time ? times : groups.map((_, i) => i), in_time };
}

/* Minutes are easier to read on an axis than seconds. */
function scaled({ kind, numbers }) {
    return kind === 'duration' ? numbers.map((number) => (number === null ? null : number / 60)) : numbers;
}

function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function draw(place, plot, series) {
    const line = { stroke: colour('--text'), grid: { stroke: colour('--line'), width: 1 },
                   ticks: { stroke: colour('--line'), width: 1 } };
    const top = Math.max(...scaled(series).map((number) => number ?? 0), 1);
    const letters = Math.max(6, Math.floor(place.clientWidth / 8 / plot.x.length));
    const whole = scaled(series).every(Number.isInteger);
    const groups = { ...line, splits: () => plot.x, values: (_, at) => at.map((i) => {
        const text = plot.groups[i] ?? '';
        return text.length > letters ? `${text.slice(0, letters - 1)}\u2026` : text;
    }) };
    const bars = uPlot.paths.bars({ size: [0.6, 60] });
    return new uPlot({
        width: Math.max(240, place.clientWidth),
        height: HEIGHT,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: plot.in_time, ...(!plot.in_time && {
            range: [-0.5, plot.x.length - 0.5] }) }, y: { range: [0, top * 1.1] } },
        axes: [plot.in_time ? line : groups,
               { ...line, size: 70, ...(whole && { incrs: WHOLE }),
                 values: (_, at) => at.map((n) => `${n}${UNITS[series.kind]}`) }],
        series: [{}, { stroke: colour('--mark'), fill: plot.in_time ? undefined : colour('--mark'),
                       width: 2, paths: plot.in_time ? undefined : bars,
                       points: { show: plot.in_time } }],
    }, [plot.x, scaled(series)], place);
}

/* Null when the table is none to be plotted. Draw when it is in the page: `draw()`. */
export function plot_shown(columns, rows) {
    const plot = plot_read(columns, rows);
    if (!plot)
        return null;
    const id = id_new('plot');
    const place = element('div', { class: 'plot', role: 'img' });
    const choice = element('select', { id }, ...plot.series.map(({ label }, i) => (
        element('option', { value: String(i) }, label))));
    let drawn = null;

    function draw_again() {
        const series = plot.series[Number(choice.value)];
        drawn?.destroy();
        place.setAttribute('aria-label', `${series.label}, as in the table`);
        if (place.isConnected)
            drawn = draw(place, plot, series);
    }

    choice.addEventListener('change', draw_again);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw_again);
    new ResizeObserver(() => {
        if (drawn && place.clientWidth > 0)
            drawn.setSize({ width: Math.max(240, place.clientWidth), height: HEIGHT });
    }).observe(place);
    return {
        shown: element('div', { class: 'plotted' },
                       element('p', {}, element('label', { for: id }, 'Plot of'), ' ', choice), place),
        draw: draw_again,
    };
}
