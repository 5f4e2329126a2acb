/*
 * fuzz_digest: any bytes as a packed segment are read or refused without harm, and what was read survives packing; any text as
 * a command and its output is classified without harm, the blamed word being one of the command; redacted text
 * does not change when it is redacted again.
 */
#include <stdint.h>
#include <stdlib.h>

#include "analyzers/classify.h"
#include "analyzers/digest.h"
#include "analyzers/match.h"
#include "analyzers/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_entry(const struct entry *e)
{
	require(e->kind < ENTRY_COUNT && e->tool < TOOL_COUNT && e->outcome < OUTCOME_COUNT &&
		e->class < FAIL_COUNT);
	require(e->cwd.n + e->arg.n + e->pattern.n + e->slot.n + e->hint.n + e->hit_dir.n + e->hits.n <
		SIZE_MAX);
	entry_has_hit(e, digest_hit_hash(e->arg));
}

static void check_packed(struct arena *a, str packed)
{
	struct vec entries, again;
	struct digest d;
	struct buf out;
	size_t ids_n = 0;

	vec_init(&entries, sizeof(struct entry));
	vec_init(&again, sizeof(struct entry));
	buf_init(&out, SIZE_MAX);
	digest_init(&d);
	const char *ids = digest_ids(packed, &ids_n);
	require(!ids || (ids >= packed.p && ids_n <= packed.n / 8 && ids + 8 * ids_n <= packed.p + packed.n));
	if (digest_unpack(a, packed, &entries)) {
		for (size_t i = 0; i < entries.n; i++)
			check_entry(vec_at(&entries, i));
		require(digest_resume(&d, packed));
		digest_flush(&d, true, &out);
		require(digest_unpack(a, buf_str(&out), &again));
		require(again.n == entries.n);
		for (size_t i = 0; i < entries.n; i++) {
			const struct entry *x = vec_at(&entries, i), *y = vec_at(&again, i);

			require(x->kind == y->kind && x->id == y->id && x->time == y->time &&
				str_eq(x->cwd, y->cwd));
		}
	} else {
		require(entries.n == 0);
	}
	digest_release(&d);
	buf_release(&out);
	vec_release(&again);
	vec_release(&entries);
}

static bool is_word_part(const struct shell_script *script, str slot)
{
	for (size_t i = 0; i < script->n; i++)
		for (size_t k = 0; k < script->commands[i].n; k++)
			if (str_find(script->commands[i].words[k].text, slot) != STR_NONE)
				return true;
	return false;
}

static void check_diagnosis(const struct shell_script *script, const struct diagnosis *d)
{
	require(d->class < FAIL_COUNT);
	require(d->segment >= -1 && d->segment < (int)(script->n ? script->n : 1));
	if (d->slot.n && d->class != FAIL_MODULE_MISSING && d->class != FAIL_MISSING_ENV)
		require(is_word_part(script, d->slot));
}

/* text: a command, and behind the first newline what it printed. */
static void check_text(struct arena *a, str text)
{
	static const int codes[] = { -1, 1, 2, 126, 127, 130 };
	struct shell_script script;
	struct diagnosis d;
	str output = text, command;

	if (!str_line(&output, &command))
		return;
	shell_parse(a, command, &script);
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		classify_shell(a, &script, codes[i], output, i % 2 ? command : STR(""), &d);
		check_diagnosis(&script, &d);
	}
	if (classify_masks_exit(&script)) {
		classify_masked(a, &script, output, STR(""), &d);
		check_diagnosis(&script, &d);
	}
	match_bounded(output, command);
	match_quoted(output, command);
	match_ends_token(output, command);
}

static void check_redaction(str text)
{
	struct buf once, twice;

	buf_init(&once, SIZE_MAX);
	buf_init(&twice, SIZE_MAX);
	secret_redact(&once, text);
	if (!secret_in(text))
		require(str_eq(buf_str(&once), text));
	secret_redact(&twice, buf_str(&once));
	require(str_eq(buf_str(&once), buf_str(&twice)));
	buf_release(&once);
	buf_release(&twice);
}

/* The same bytes as an agent's call and its answer. */
static void check_events(str text)
{
	struct event e = { .kind = EVENT_CALL,
			   .tool = TOOL_SHELL,
			   .exit_code = -1,
			   .session = STR("s"),
			   .cwd = STR("/w"),
			   .call_id = STR("c") };
	struct digest d;
	struct buf packed;

	digest_init(&d);
	buf_init(&packed, SIZE_MAX);
	e.input.command = text;
	e.input.path = text;
	e.input.pattern = text;
	for (int round = 0; round < 3; round++) {
		static const enum tool tools[] = { TOOL_SHELL, TOOL_READ, TOOL_GLOB };

		e.kind = EVENT_CALL;
		e.tool = tools[round];
		e.call_id = (str){ "abc" + round, 1 };
		digest_event(&d, &e);
		e.kind = EVENT_RESULT;
		e.outcome = round ? OUTCOME_OK : OUTCOME_ERROR;
		e.exit_code = 1;
		digest_event(&d, &e);
	}
	digest_flush(&d, true, &packed);
	if (!secret_in(text))
		require(packed.n > 0);
	buf_release(&packed);
	digest_release(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str text = { (const char *)data, size };
	struct arena a;

	arena_init(&a);
	check_packed(&a, text);
	check_text(&a, text);
	check_redaction(text);
	check_events(text);
	arena_release(&a);
	return 0;
}
