// Fits how many tokens Claude counts for each of o200k_base's, by generation of its tokenizer, on recorded usage:
//
//	node tests/bench/fit_claude.js PACKAGE DIR		PACKAGE: npm tiktoken, unpacked; DIR: Claude Code sessions
//
// A sample is two requests of one session that follow each other.  The second one's input (fresh, read and written)
// less the first one's, less the first one's recorded output, is what the tool results and messages between them
// cost: texts that are in the log.  Left out are steps whose answer has no stop reason (its output is not final), that
// hold images or texts the log only hints at (reminders, edited files, plans), and summaries.
//
// tokens = a * blocks + b * feature + ...: weighted least squares with Huber weights, a step's weight falling with its
// size.  Errors are leave-one-session-out: of steps of 200 tokens and more, and of the sums of whole sessions with
// 2,000 and more.  The factors printed first are those in core/token/token.c.
'use strict';
const fs = require('fs');
const path = require('path');

const [, , source, dir] = process.argv;
const { Tiktoken } = require(path.resolve(source, 'tiktoken.cjs'));
const encoder = JSON.parse(fs.readFileSync(path.join(source, 'encoders/o200k_base.json')));
const o200k = new Tiktoken(encoder.bpe_ranks, encoder.special_tokens, encoder.pat_str);

const generation = (model) => (/opus-4-[789]|opus-5|sonnet-5|haiku-5|fable|mythos/.test(model) ? 'from 4.7' : 'to 4.6');
const SILENT = /^(progress|queue-operation|file-history-|last-prompt|summary|pr-link|permission-mode|mode|ai-title|custom-title|agent-name|system)/;
const SILENT_ATTACHMENT = /^(hook_success|hook_system_message|hook_non_blocking|auto_mode|command_perm)/;

const filesBelow = (d) =>
	fs.readdirSync(d, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? filesBelow(path.join(d, e.name)) : [path.join(d, e.name)]));

// The texts of a user record's blocks; null if one of them is no text.
function textsOf(content) {
	if (typeof content === 'string')
		return [content];
	const texts = [];
	for (const block of content || []) {
		if (block.type === 'text')
			texts.push(block.text);
		else if (block.type === 'tool_result' && typeof block.content === 'string')
			texts.push(block.content);
		else if (block.type === 'tool_result' && (block.content || []).every((part) => part.type === 'text'))
			texts.push((block.content || []).map((part) => part.text).join(''));
		else
			return null;
	}
	return texts;
}

function requestsOf(file) {
	const requests = [];
	for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
		let r;
		try {
			r = JSON.parse(line);
		} catch {
			continue;
		}
		let last = requests[requests.length - 1];
		if (r.type === 'assistant' && r.message && r.message.usage) {
			const { id, model, usage: u, stop_reason: stop } = r.message;
			if (!last || last.id !== id) {
				last = { id, model, input: 0, output: 0, texts: [], stopped: false, usable: true };
				requests.push(last);
			}
			last.input = (u.input_tokens || 0) + (u.cache_read_input_tokens || 0) + (u.cache_creation_input_tokens || 0);
			last.output = Math.max(last.output, u.output_tokens || 0);
			last.stopped ||= Boolean(stop);
		} else if (last && r.type === 'user') {
			const texts = r.isCompactSummary ? null : textsOf(r.message && r.message.content);
			last.usable &&= texts !== null;
			last.texts.push(...(texts || []));
		} else if (last && !(r.type === 'attachment' ? SILENT_ATTACHMENT.test(r.attachment.type) : SILENT.test(r.type))) {
			last.usable = false;
		}
	}
	return requests;
}

function samplesOf(file) {
	const requests = requestsOf(file);
	const samples = [];
	for (let i = 0; i + 1 < requests.length; i++) {
		const [a, b] = [requests[i], requests[i + 1]];
		const tokens = b.input - a.input - a.output;
		const text = a.texts.join('\n');
		const count = a.texts.reduce((sum, t) => sum + o200k.encode_ordinary(t).length, 0);
		if (a.model !== b.model || !a.stopped || !a.usable || tokens <= 0 || count < 20)
			continue;
		const share = (re) => (text.match(re) || []).length;
		samples.push({
			session: file.replace(/\/(subagents|agent-)[^]*/, ''),
			generation: generation(a.model),
			tokens,
			blocks: a.texts.length,
			o200k: count,
			chars: [...text].length,
			digits: share(/[0-9]/g),
			capitals: share(/[A-Z]/g),
			marks: share(/[!-/:-@[-`{-~]/g),
			blanks: share(/\s/g),
			lines: share(/\n/g),
			other: share(/[^\x00-\x7f]/g),
		});
	}
	return samples;
}

function solve(A, y) {
	const n = y.length;
	for (let i = 0; i < n; i++)
		for (let j = i + 1; j < n; j++) {
			const f = A[j][i] / A[i][i];
			for (let k = i; k < n; k++)
				A[j][k] -= f * A[i][k];
			y[j] -= f * y[i];
		}
	const x = new Array(n).fill(0);
	for (let i = n - 1; i >= 0; i--)
		x[i] = (y[i] - x.reduce((sum, v, k) => (k > i ? sum + A[i][k] * v : sum), 0)) / A[i][i];
	return x;
}

const dot = (x, b) => x.reduce((sum, v, i) => sum + v * b[i], 0);

function fit(samples, names) {
	const X = samples.map((s) => names.map((n) => s[n]));
	const size = (s) => Math.max(s.tokens, 100);
	const base = samples.map((s) => size(s) ** -1.5);
	let w = base;
	let b;
	for (let round = 0; round < 30; round++) {
		const A = names.map((_, j) => names.map((__, k) => X.reduce((sum, x, i) => sum + w[i] * x[j] * x[k], j === k ? 1e-9 : 0)));
		b = solve(A, names.map((_, j) => X.reduce((sum, x, i) => sum + w[i] * x[j] * samples[i].tokens, 0)));
		w = samples.map((s, i) => base[i] * Math.min(1, 0.1 / (Math.abs(s.tokens - dot(X[i], b)) / size(s) + 1e-12)));
	}
	return b;
}

const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const percent = (x) => (100 * x).toFixed(1) + ' %';

function report(samples, names) {
	const steps = [];
	const whole = [];
	for (const session of new Set(samples.map((s) => s.session))) {
		const b = fit(samples.filter((s) => s.session !== session), names);
		let [guessed, real] = [0, 0];
		for (const s of samples.filter((one) => one.session === session)) {
			const guess = dot(names.map((n) => s[n]), b);
			guessed += guess;
			real += s.tokens;
			if (s.tokens >= 200)
				steps.push(Math.abs(guess - s.tokens) / s.tokens);
		}
		if (real >= 2000)
			whole.push(Math.abs(guessed - real) / real);
	}
	console.log(`  ${names.join(' + ').padEnd(40)} ${fit(samples, names).map((v) => v.toFixed(3)).join('  ').padEnd(40)}`,
		`step median ${percent(median(steps))} mean ${percent(mean(steps))}`,
		`| ${whole.length} sessions median ${percent(median(whole))} mean ${percent(mean(whole))} worst ${percent(Math.max(...whole))}`);
}

const all = filesBelow(dir).filter((f) => f.endsWith('.jsonl')).flatMap(samplesOf);
for (const name of ['to 4.6', 'from 4.7']) {
	const samples = all.filter((s) => s.generation === name);
	const tokens = samples.reduce((sum, s) => sum + s.tokens, 0);
	console.log(`${name}: ${samples.length} steps of ${new Set(samples.map((s) => s.session)).size} sessions, ${tokens} tokens`);
	for (const more of [[], ['digits'], ['capitals'], ['marks'], ['blanks'], ['lines'], ['other'], ['chars']])
		report(samples, ['blocks', 'o200k', ...more]);
	report(samples, ['blocks', 'o200k', 'digits', 'capitals', 'marks', 'lines']);
	report(samples, ['blocks', 'chars']);
}
