// Packs what core/token embeds from the npm package tiktoken (MIT), unpacked at DIR:
//
//	npm pack tiktoken@1.0.22 && tar xf tiktoken-1.0.22.tgz	(gives ./package)
//	node core/token/pack_tables.js package core/token
//
// o200k.bin, cl100k.bin: the merge ranks as one perfect hash table per token length, read in place (see bpe.c, which
// has the same hash function).  classes.bin: the class of every code point, asked from the package's own regular
// expressions, so that both agree on the version of Unicode (regex-syntax 0.8.5: Unicode 16.0).
// The output depends on the input only.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');

const SOURCES = {
	o200k: ['encoders/o200k_base.json', 'df53e1a5f146e33a'],
	cl100k: ['encoders/cl100k_base.json', '49a4e05dea02c8fa'],
};
const MAX_LENGTH = 128;
const HEADER = 16; // magic, then the directory
const ROW = 16; // slots, buckets, offset of pilots, offset of slots
const RANK_NONE = 0xffffff;
const PADDING = 16; // bytes behind the last slot, which readers may load

const fail = (message) => {
	console.error('pack_tables: ' + message);
	process.exit(1);
};

function ranksOf(encoder) {
	const ranks = [];
	for (const line of encoder.bpe_ranks.split('\n')) {
		const [, first, ...tokens] = line.split(' ');
		tokens.forEach((token, i) => (ranks[Number(first) + i] = Buffer.from(token, 'base64')));
	}
	return ranks;
}

const MASK = (1n << 64n) - 1n;

function hash(bytes) {
	let h = (BigInt(bytes.length) * 0x9e3779b97f4a7c15n) & MASK;
	for (let at = 0; at < bytes.length; at += 8) {
		const word = Buffer.alloc(8);
		bytes.copy(word, 0, at, Math.min(at + 8, bytes.length));
		h = ((h ^ word.readBigUInt64LE()) * 0xd6e8feb86659fd93n) & MASK;
		h ^= h >> 32n;
	}
	return { high: Number(h >> 32n), low: Number(h & 0xffffffffn) };
}

const scale = (x, n) => Math.floor((x * n) / 0x100000000);

function slotOf(low, pilot, slots) {
	let x = Math.imul(low ^ Math.imul(pilot, 0x9e3779b1), 0x85ebca6b);
	x ^= x >>> 15;
	x = Math.imul(x, 0xc2b2ae35);
	return scale(x >>> 0, slots);
}

// Largest buckets first; each takes the first pilot that sends all its keys to free slots.
function perfect(keys) {
	const slots = keys.length + Math.ceil(keys.length / 64);
	const buckets = Math.ceil(keys.length / 4);
	const members = Array.from({ length: buckets }, () => []);
	for (const key of keys) {
		key.hash = hash(key.bytes);
		members[scale(key.hash.high, buckets)].push(key);
	}
	const order = [...members.keys()].sort((a, b) => members[b].length - members[a].length || a - b);
	const pilots = new Array(buckets).fill(0);
	const table = new Array(slots).fill(null);
	for (const b of order) {
		let pilot = 0;
		for (; pilot < 65536; pilot++) {
			const at = members[b].map((key) => slotOf(key.hash.low, pilot, slots));
			if (new Set(at).size === at.length && at.every((slot) => !table[slot])) {
				at.forEach((slot, i) => (table[slot] = members[b][i]));
				break;
			}
		}
		if (pilot === 65536)
			fail('no pilot for a bucket of ' + members[b].length);
		pilots[b] = pilot;
	}
	return { table, pilots };
}

function pack(ranks) {
	const byLength = Array.from({ length: MAX_LENGTH + 1 }, () => []);
	ranks.forEach((bytes, rank) => byLength[bytes.length].push({ bytes, rank }));
	const directory = Buffer.alloc((MAX_LENGTH + 1) * ROW);
	const built = byLength.map((keys) => (keys.length ? perfect(keys) : { table: [], pilots: [] }));
	const parts = [];
	let offset = HEADER + directory.length;
	const add = (part) => {
		parts.push(part);
		offset += part.length;
		return offset - part.length;
	};
	built.forEach(({ table, pilots }, length) => {
		directory.writeUInt32LE(table.length, length * ROW);
		directory.writeUInt32LE(pilots.length, length * ROW + 4);
		directory.writeUInt32LE(add(Buffer.from(Uint16Array.from(pilots).buffer)), length * ROW + 8);
	});
	built.forEach(({ table }, length) => {
		const slots = Buffer.alloc(table.length * (length + 3));
		table.forEach((key, i) => {
			if (key)
				key.bytes.copy(slots, i * (length + 3));
			slots.writeUIntLE(key ? key.rank : RANK_NONE, i * (length + 3) + length, 3);
		});
		directory.writeUInt32LE(add(slots), length * ROW + 12);
	});
	const header = Buffer.alloc(HEADER);
	header.write('HRBPE001');
	header.writeUInt32LE(ranks.length, 8);
	return Buffer.concat([header, directory, ...parts, Buffer.alloc(PADDING)]);
}

// The numbers are those of enum char_class in classes.h; what matches none of the patterns is 0.
const CLASSES = [null, '\\s', '\\p{N}', '\\p{M}', '[\\p{Lm}\\p{Lo}]', '\\p{Ll}', '[\\p{Lu}\\p{Lt}]'];
const CODE_POINTS = 0x110000;
const BLOCK = 128;

function classes(Tiktoken, encoder) {
	let text = '';
	for (let cp = 0; cp < CODE_POINTS; cp++)
		if (cp < 0xd800 || cp > 0xdfff)
			text += String.fromCodePoint(cp);
	const matching = (pattern) => {
		const t = new Tiktoken(encoder.bpe_ranks, {}, pattern);
		const found = Buffer.from(t.decode(t.encode_ordinary(text))).toString();
		t.free();
		return [...found].map((c) => c.codePointAt(0));
	};
	// What contractions rely on: but for the long s, their letters match ASCII only in either case.
	for (const letter of 'strevmld') {
		const both = matching('(?i:' + letter + ')').map((cp) => String.fromCodePoint(cp)).join('');
		const want = letter.toUpperCase() + letter + (letter === 's' ? '\u017f' : '');
		if (both !== want)
			fail('(?i:' + letter + ') matches ' + both);
	}
	const of = new Uint8Array(CODE_POINTS);
	CLASSES.forEach((pattern, i) => {
		for (const cp of pattern ? matching(pattern) : []) {
			if (of[cp])
				fail('two classes for ' + cp.toString(16));
			of[cp] = i;
		}
	});
	const blocks = new Map();
	const index = Buffer.alloc(CODE_POINTS / BLOCK);
	for (let i = 0; i < index.length; i++) {
		const block = Buffer.from(of.subarray(i * BLOCK, (i + 1) * BLOCK)).toString('latin1');
		if (!blocks.has(block))
			blocks.set(block, blocks.size);
		if (blocks.size > 256)
			fail('too many kinds of blocks');
		index[i] = blocks.get(block);
	}
	return Buffer.concat([index, ...[...blocks.keys()].map((block) => Buffer.from(block, 'latin1'))]);
}

const [, , source, target] = process.argv;
if (!target)
	fail('usage: node pack_tables.js PACKAGE_DIR OUT_DIR');
const encoders = {};
for (const [name, [file, sum]] of Object.entries(SOURCES)) {
	const text = fs.readFileSync(path.join(source, file));
	if (!crypto.createHash('sha256').update(text).digest('hex').startsWith(sum))
		fail(file + ' is not the one of tiktoken 1.0.22');
	encoders[name] = JSON.parse(text);
	fs.writeFileSync(path.join(target, name + '.bin'), pack(ranksOf(encoders[name])));
}
const { Tiktoken } = require(path.resolve(source, 'tiktoken.cjs'));
fs.writeFileSync(path.join(target, 'classes.bin'), classes(Tiktoken, encoders.cl100k));
