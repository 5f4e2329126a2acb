// The peer of token_bench: the npm package tiktoken at PACKAGE.
//
//	node token_peer.js PACKAGE time FILE NAME		tokens, megabytes a second (best of three)
//	node token_peer.js PACKAGE compare PROGRAM [DIR...]	made-up texts, and the files below DIR whole and by
//								line: do PROGRAM (token_bench) and tiktoken agree?
//	node token_peer.js PACKAGE fixture			the texts of tests/fixtures/token with their counts
//
// Everything made up comes from a fixed seed (TOKEN_SEED).
'use strict';
const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');

const NAMES = ['o200k_base', 'cl100k_base'];
const [, , source, mode, ...args] = process.argv;
const { Tiktoken } = require(path.resolve(source, 'tiktoken.cjs'));

function load(name) {
	const e = JSON.parse(fs.readFileSync(path.join(source, 'encoders', name + '.json')));
	return new Tiktoken(e.bpe_ranks, e.special_tokens, e.pat_str);
}

let state = Number(process.env.TOKEN_SEED || 1);
function random(n) {
	state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
	return Math.floor((state / 4294967296) * n);
}
const pick = (list) => list[random(list.length)];
const between = (a, b) => () => String.fromCodePoint(a + random(b - a + 1));
function anyCodePoint() {
	for (;;) {
		const cp = random(0x110000);
		if (cp < 0xd800 || cp > 0xdfff)
			return String.fromCodePoint(cp);
	}
}

const PARTS = [
	' ', '  ', '\n', '\n\n', '\r\n', '\r', '\t', '\v', "'s", "'S", "'LL", "'Re", "'vE", "'\u017f", "'T", "'", '\u0085',
	'\ufeff', '\u00a0', '\u3000', '\u2028', '\u200b', '\u200d', '\u0301', '\u0308', '\ufe0f', '\u{1f600}',
	'\u{1f468}\u200d\u{1f469}\u200d\u{1f467}', '\u{1f1e9}\u{1f1ea}', '\u{1f44d}\u{1f3fd}', '<|endoftext|>', '<|im_start|>',
	'<|fim_prefix|>', '\0', '\x1b[31m', 'a', 'Z', 'HTTPServer', 'the', 'camelCase', 'SNAKE_CASE', 'x1y22z333',
	'//', '/\n/', '))\n\n', '{"', '":', '},', '=>', '----', '\u00df', '\u01c5', '\u00aa', '\u4e2d\u6587', '\u304c\u304d\u3099',
	'\u2167', '\u00bd', '\u0663', '\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35', '\u0645\u0631\u062d\u0628\u0627', '\u0928\u092e\u0938\u094d\u0924\u0947',
	'\ud55c\uad6d\uc5b4', '\u05e9\u05dc\u05d5\u05dd', 'Stra\u00dfe', '\u0130stanbul', 'na\u00efve', '\ufffd', '\u{e0041}',
	() => ' '.repeat(random(40)), () => '\t'.repeat(random(9)), () => '\n'.repeat(random(9)),
	() => String(random(1e9)), () => '0x' + random(1e9).toString(16), () => pick('aA9 .-=/\n_').repeat(random(70)),
	between(0x20, 0x7e), between(0x20, 0x7e), between(0x00, 0x1f), between(0x7f, 0xff), between(0x100, 0x24f),
	between(0x1c4, 0x1cc), between(0x2b0, 0x36f), between(0x370, 0x3ff), between(0x400, 0x4ff), between(0x590, 0x6ff),
	between(0x900, 0xdff), between(0xe00, 0xeff), between(0x10a0, 0x10ff), between(0x1e00, 0x1fff), between(0x2000, 0x206f),
	between(0x2150, 0x218b), between(0x2c00, 0x2dff), between(0x3040, 0x30ff), between(0x4e00, 0x9fff), between(0xa640, 0xa8ff),
	between(0xac00, 0xd7a3), between(0xfe00, 0xffef), between(0x10400, 0x104ff), between(0x16e40, 0x16e9f),
	between(0x1d400, 0x1d7ff), between(0x1f300, 0x1faff), between(0x20000, 0x2a6df), anyCodePoint, anyCodePoint,
];
const part = (p) => (typeof p === 'function' ? p() : p);

// Every second text is made of few parts, so that runs and repetitions come up.
function made(count, most) {
	const texts = [];
	for (let i = 0; i < count; i++) {
		const few = [pick(PARTS), pick(PARTS), pick(PARTS)];
		let text = '';
		for (let n = 1 + random(i % 10 ? 8 : most); n > 0; n--)
			text += part(i % 2 ? pick(few) : pick(PARTS));
		texts.push(text);
	}
	return texts;
}

const RUNS = ['a', 'A', ' ', '\n', '\r\n', '\t', '9', '.', '=', '-', '_x', '/ ', 'aA', 'ab', 'a ', '\u00e9', '\u4e2d', '\u{1f600}', '\u0301', '0'];
const LENGTHS = [2, 3, 4, 7, 8, 9, 15, 16, 17, 64, 95, 96, 97, 127, 128, 129, 255, 257];

function runs(lengths) {
	return RUNS.flatMap((s) => lengths.map((n) => s.repeat(n)));
}

// Long pieces without a break, as hostile or encoded text has them.
function longPieces(count) {
	const alphabets = ['ab', 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'aeiou', '-=', '.,;:!', 'acgt', 'the', '\u00e9\u4e2da'];
	return Array.from({ length: count }, () => {
		const letters = [...pick(alphabets)];
		return Array.from({ length: 97 + random(6000) }, () => pick(letters)).join('');
	});
}

const filesBelow = (dir) =>
	fs.readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? filesBelow(path.join(dir, e.name)) : [path.join(dir, e.name)]));

function fromFiles(dirs) {
	return dirs.flatMap(filesBelow).flatMap((file) => {
		const text = fs.readFileSync(file).toString();
		return [text.slice(0, 100000), ...text.split('\n').filter(() => random(10) === 0).map((line) => line.slice(0, 20000))];
	});
}

function compare(program, dirs) {
	const long = [...longPieces(300), ...runs([1000, 1023, 1024, 1025, 2049, 5000])];
	const texts = [...made(30000, 60), ...runs(LENGTHS), ...long, ...fromFiles(dirs)].map((t) => Buffer.from(t));
	const input = Buffer.concat(
		texts.flatMap((t) => {
			const head = Buffer.alloc(4);
			head.writeUInt32LE(t.length);
			return [head, t];
		}),
	);
	let different = 0;
	for (const name of NAMES) {
		const t = load(name);
		const ours = spawnSync(program, ['count', name], { input, maxBuffer: 1 << 30 }).stdout.toString().split('\n');
		texts.forEach((text, i) => {
			const theirs = t.encode_ordinary(text.toString()).length;
			if (Number(ours[i]) !== theirs && ++different <= 10)
				console.log(name, 'ours', ours[i], 'theirs', theirs, JSON.stringify(text.toString().slice(0, 200)));
		});
	}
	console.log(`${texts.length} texts, ${input.length - 4 * texts.length} bytes, ${NAMES.length} encodings: ${different} differ`);
	process.exit(different ? 1 : 0);
}

function fixture() {
	const [o200k, cl100k] = NAMES.map(load);
	for (const text of ['', ...made(1400, 30), ...runs(LENGTHS), ...longPieces(6)])
		console.log(JSON.stringify({ text, o200k: o200k.encode_ordinary(text).length, cl100k: cl100k.encode_ordinary(text).length }));
}

function time(file, name) {
	const t = load(name);
	const text = fs.readFileSync(file).toString();
	let best = Infinity;
	let tokens;
	for (let i = 0; i < 3; i++) {
		const start = process.hrtime.bigint();
		tokens = t.encode_ordinary(text).length;
		best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9);
	}
	console.log(tokens, (fs.statSync(file).size / best / 1e6).toFixed(2));
}

if (mode === 'time')
	time(...args);
else if (mode === 'compare')
	compare(args[0], args.slice(1));
else if (mode === 'fixture')
	fixture();
