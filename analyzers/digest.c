#include "analyzers/digest.h"

#include "analyzers/alnum.h"
#include "analyzers/classify.h"
#include "analyzers/secret.h"
#include "core/base/fs.h"

#define TEXT_KEPT 4096 /* bytes of a result's beginning and end that are looked at */
#define HITS_MAX 200
#define DISCOVERY_REACH 60 /* entries after a miss in which shell output is read for paths */

uint32_t digest_hit_hash(str path)
{
	return (uint32_t)(str_hash(path) >> 16);
}

bool entry_has_hit(const struct entry *e, uint32_t hash)
{
	for (size_t i = 0; i + 4 <= e->hits.n; i += 4) {
		uint32_t h;
		memcpy(&h, e->hits.p + i, 4);
		if (h == hash)
			return true;
	}
	return false;
}

void digest_init(struct digest *d)
{
	memset(d, 0, sizeof(*d));
	arena_init(&d->arena);
	arena_init(&d->scratch);
	arena_init(&d->keep);
	vec_init(&d->entries, sizeof(struct entry));
	map64_init(&d->pending);
	map64_init(&d->messages);
	buf_init(&d->text, 2 * TEXT_KEPT + 64);
	buf_init(&d->tail, 2 * TEXT_KEPT + 64);
}

void digest_release(struct digest *d)
{
	arena_release(&d->arena);
	arena_release(&d->scratch);
	arena_release(&d->keep);
	vec_release(&d->entries);
	map64_release(&d->pending);
	map64_release(&d->messages);
	buf_release(&d->text);
	buf_release(&d->tail);
}

void digest_clear(struct digest *d)
{
	arena_reset(&d->arena);
	arena_reset(&d->scratch);
	arena_reset(&d->keep);
	vec_clear(&d->entries);
	map64_clear(&d->pending);
	map64_clear(&d->messages);
	d->session = 0;
	d->last_miss = 0;
	d->first_cwd = (str){ NULL, 0 };
	d->first_ms = d->last_ms = 0;
	d->calls = d->failures = 0;
	d->full = false;
}

static struct entry *entry_at(const struct digest *d, size_t i)
{
	return vec_at(&d->entries, i);
}

static void index_entry(struct digest *d, size_t i)
{
	const struct entry *e = entry_at(d, i);
	if (e->kind != ENTRY_CALL)
		return;
	if (e->outcome == OUTCOME_NONE || e->outcome == OUTCOME_BACKGROUND)
		*map64_put(&d->pending, e->id, NULL) = i + 1;
	bool fresh = false;
	if (e->message) {
		uint64_t *at = map64_put(&d->messages, e->message, &fresh);
		if (fresh)
			*at = i + 1;
	}
	if (failure_types[e->class].group == GROUP_PATH || (e->flags & ENTRY_EMPTY))
		d->last_miss = i + 1;
}

bool digest_resume(struct digest *d, str packed)
{
	if (!digest_unpack(&d->arena, packed, &d->entries))
		return false;
	for (size_t i = 0; i < d->entries.n; i++) {
		index_entry(d, i);
		if (entry_at(d, i)->kind == ENTRY_SESSION)
			d->session = entry_at(d, i)->id;
	}
	return true;
}

/* ---- calls ------------------------------------------------------------------------------------------------------- */

static bool has_heredoc(const struct shell_command *c)
{
	for (size_t i = 0; i < c->redirects_n; i++)
		if (c->redirects[i].op == 'h')
			return true;
	return false;
}

/* Drops heredoc bodies (they are file contents, not commands), cuts and redacts. */
static void keep_command(struct digest *d, struct entry *e, str command)
{
	str shown = command;
	if (str_find(command, STR("<<")) != STR_NONE && command.n <= 64 * 1024) {
		struct shell_script script;
		shell_parse(&d->scratch, command, &script);
		/* the text up to the end of the last command whose source is known, heredoc bodies left out by the parser */
		struct buf *out = &d->text;
		buf_clear(out);
		for (size_t i = 0; i < script.n && !script.incomplete; i++) {
			static const char *const joins[] = { "", " && ", " || ", "\n", " | ", " & " };
			buf_add_c(out, i ? joins[script.commands[i].join] : "");
			str source = script.commands[i].source;
			size_t nl = has_heredoc(&script.commands[i]) ? str_chr(source, '\n') : STR_NONE;
			buf_add(out, nl == STR_NONE ? source : str_sub(source, 0, nl));
		}
		if (out->n && !script.incomplete && !out->full)
			shown = buf_str(out);
	}
	if (shown.n > DIGEST_COMMAND_MAX) {
		shown = str_sub(shown, 0, DIGEST_COMMAND_MAX / 8);
		e->flags |= ENTRY_LONG;
	}
	if (secret_in(shown)) {
		struct buf red;
		buf_init(&red, 4 * DIGEST_COMMAND_MAX);
		secret_redact(&red, shown);
		e->arg = arena_str(&d->arena, buf_str(&red));
		buf_release(&red);
	} else {
		e->arg = arena_str(&d->arena, shown);
	}
}

static void keep_input(struct digest *d, struct entry *e, const struct tool_input *in)
{
	if (e->tool == TOOL_SHELL || e->tool == TOOL_POWERSHELL)
		keep_command(d, e, in->command);
	else if (in->path.n <= 1024 && !secret_in(in->path))
		e->arg = arena_str(&d->arena, in->path);
	if (in->pattern.n && in->pattern.n <= 200 && !secret_in(in->pattern))
		e->pattern = arena_str(&d->arena, in->pattern);
	if (in->ranged)
		e->flags |= ENTRY_RANGED;
	if (in->background)
		e->flags |= ENTRY_BACKGROUND;
	e->timeout_ms = in->timeout_ms;
}

static str keep_cwd(struct digest *d, str cwd)
{
	if (d->entries.n > 1) {
		str last = entry_at(d, d->entries.n - 2)->cwd;
		if (str_eq(last, cwd))
			return last;
	}
	return arena_str(&d->arena, cwd);
}

static struct entry *add_entry(struct digest *d, const struct event *ev, enum entry_kind kind)
{
	struct entry *e = vec_push(&d->entries);
	e->kind = kind;
	e->exit_code = -1;
	e->segment = -1;
	e->time = ev->time;
	e->offset = ev->offset;
	e->line = ev->line;
	e->thread = ev->agent.n ? str_hash(ev->agent) | 1 : 0;
	if (ev->sidechain || ev->agent.n)
		e->flags |= ENTRY_SIDE;
	e->cwd = keep_cwd(d, ev->cwd);
	return e;
}

static void add_usage(struct digest *d, struct entry *e, const struct event *ev)
{
	if (!ev->message_id.n)
		return;
	const struct usage *u = &ev->usage;
	int64_t context = u->input + u->cache_read + u->cache_write;
	e->message = str_hash(ev->message_id) | 1;
	uint64_t *first = map64_get(&d->messages, e->message);
	if (first && *first) {
		struct entry *carrier = entry_at(d, *first - 1);
		if (u->output > carrier->out_tokens)
			carrier->out_tokens = (uint32_t)u->output;
		return;
	}
	e->out_tokens = u->output > 0 ? (uint32_t)u->output : 0;
	e->context_tokens = context > 0 && context < UINT32_MAX ? (uint32_t)context : 0;
}

static void on_call(struct digest *d, const struct event *ev)
{
	uint64_t id = str_hash(ev->call_id);
	const uint64_t *known = map64_get(&d->pending, id);
	if (known && *known)
		return; /* a streamed record repeated within the file */
	struct entry *e = add_entry(d, ev, ENTRY_CALL);
	e->id = id;
	e->tool = ev->tool;
	e->input = ev->input.hash;
	add_usage(d, e, ev);
	keep_input(d, e, &ev->input);
	d->calls++;
	index_entry(d, d->entries.n - 1);
}

/* ---- results ----------------------------------------------------------------------------------------------------- */

/* Of each byte: whether it is never in a path, and whether it makes a word look like one. */
static void look_at_bytes(str s, bool *foreign, bool *spelled)
{
	static const bool strange[256] = {
		['<'] = true, ['>'] = true, ['|'] = true, ['"'] = true, ['`'] = true
	};
	size_t i = 0;
#ifdef __SSE2__
	while (i < s.n && s.n >= 16) {
		const size_t at = s.n - i < 16 ? s.n - 16 : i; /* the last step overlaps the one before */
		const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.p + at));
		const __m128i quotes = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
						    _mm_cmpeq_epi8(v, _mm_set1_epi8('`')));
		/* '<' and '>' differ in one bit */
		const __m128i angles =
			_mm_cmpeq_epi8(_mm_or_si128(v, _mm_set1_epi8('<' ^ '>')), _mm_set1_epi8('>'));
		const __m128i others =
			_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('|')), bytes_between(v, 0, 0x1f));
		const __m128i signs = bytes_between(v, '.', '/' - '.');
		*foreign |= _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, angles), others)) != 0;
		*spelled |= _mm_movemask_epi8(signs) != 0;
		i = at + 16;
	}
#endif
	for (; i < s.n; i++) {
		*foreign |= (unsigned char)s.p[i] < 0x20 || strange[(unsigned char)s.p[i]];
		*spelled |= s.p[i] == '/' || s.p[i] == '.';
	}
}

static bool path_like(str s)
{
	bool foreign = false, spelled = false;
	if (s.n == 0 || s.n > 512 || s.p[0] == '-' || s.p[0] == '#')
		return false;
	look_at_bytes(s, &foreign, &spelled);
	return spelled && !foreign;
}

static void common_dir(str *dir, str path)
{
	str mine = path_dir(path);
	if (!dir->p) {
		*dir = mine;
		return;
	}
	size_t n = 0, same = 0;
	while (n < dir->n && n < mine.n && dir->p[n] == mine.p[n]) {
		n++;
		if ((n == dir->n || dir->p[n] == '/') && (n == mine.n || mine.p[n] == '/'))
			same = n;
	}
	*dir = str_sub(*dir, 0, same);
}

/* The paths a search printed, one per line, perhaps with ":line:text" behind. */
static void read_hits(struct digest *d, struct entry *e, str text)
{
	str line, dir = { NULL, 0 };
	uint32_t found[HITS_MAX];
	size_t n = 0;
	while (str_line(&text, &line)) {
		line = str_trim(line);
		size_t colon = str_chr(line, ':');
		if (colon != STR_NONE && colon > 1)
			line = str_sub(line, 0, colon);
		if (!path_like(line) || str_starts_c(line, "Found ") || str_starts_c(line, "(Results"))
			continue;
		if (n == HITS_MAX) {
			e->flags |= ENTRY_CAPPED_HITS;
			break;
		}
		str full = path_normal(&d->scratch, path_join(&d->scratch, e->cwd, line));
		common_dir(&dir, full);
		found[n++] = digest_hit_hash(full);
	}
	if (n == 0) {
		e->flags |= ENTRY_EMPTY;
		return;
	}
	e->hits = arena_str(&d->arena, (str){ (const char *)found, n * sizeof(found[0]) });
	e->hit_dir = arena_str(&d->arena, dir);
}

static bool shell_discovers(str command)
{
	static const char *const words[] = { "find ", "ls",   "git ls-files", "rg ",	 "grep ",
					     "fd ",   "tree", "locate ",      "git grep" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_has_c(command, words[i]))
			return true;
	return false;
}

static str result_head(struct digest *d, const struct event *ev)
{
	buf_clear(&d->text);
	event_text_head(&d->text, ev, TEXT_KEPT);
	return buf_str(&d->text);
}

static str result_tail(struct digest *d, const struct event *ev)
{
	buf_clear(&d->tail);
	if (ev->text_bytes > TEXT_KEPT)
		event_text_tail(&d->tail, ev, TEXT_KEPT);
	return buf_str(&d->tail);
}

static void keep_diagnosis(struct digest *d, struct entry *e, const struct diagnosis *diag)
{
	e->class = diag->class;
	e->segment = diag->segment;
	if (diag->slot.n && diag->slot.n <= 512 && !secret_in(diag->slot))
		e->slot = arena_str(&d->arena, diag->slot);
	if (diag->hint.n && diag->hint.n <= 200 && !secret_in(diag->hint))
		e->hint = arena_str(&d->arena, diag->hint);
	if (diag->masked && diag->class != FAIL_NONE)
		e->flags |= ENTRY_MASKED;
}

static bool is_search(str command)
{
	return str_has_c(command, "grep ") || str_has_c(command, "rg ") || str_has_c(command, "ag ");
}

/* Some versions put a sentence in the place of an empty output. */
static bool said_nothing(struct digest *d, const struct event *ev)
{
	str head = str_trim(result_head(d, ev));
	return head.n == 0 || str_starts_c(head, "(Bash completed with no output)");
}

/* What a failure that its pipeline masks would say, and where in it a space stands between "t" and "f", "o" and "m" or
 * "o" and "r". */
static const struct {
	const char *text;
	size_t space;
} tells[] = { { "not found", 3 },
	      { "No module named", 2 },
	      { "No rule to make", 2 },
	      { "no makefile", 2 },
	      { "could not find `C", 9 } };

static bool tell_around(str text, size_t space)
{
	for (size_t i = 0; i < sizeof(tells) / sizeof(tells[0]); i++)
		if (space >= tells[i].space &&
		    str_starts_c(str_from(text, space - tells[i].space), tells[i].text))
			return true;
	return false;
}

static bool has_tell(str text)
{
	size_t i = 1;
#ifdef __SSE2__
	for (; i + 17 <= text.n;
	     i += 16) { /* half of all output is looked through, so sixteen places at a time */
		const __m128i before = _mm_loadu_si128((const __m128i *)(const void *)(text.p + i - 1));
		const __m128i here = _mm_loadu_si128((const __m128i *)(const void *)(text.p + i));
		const __m128i behind = _mm_loadu_si128((const __m128i *)(const void *)(text.p + i + 1));
		const __m128i t_f = _mm_and_si128(_mm_cmpeq_epi8(before, _mm_set1_epi8('t')),
						  _mm_cmpeq_epi8(behind, _mm_set1_epi8('f')));
		const __m128i m_r = _mm_or_si128(_mm_cmpeq_epi8(behind, _mm_set1_epi8('m')),
						 _mm_cmpeq_epi8(behind, _mm_set1_epi8('r')));
		const __m128i o_mr = _mm_and_si128(_mm_cmpeq_epi8(before, _mm_set1_epi8('o')), m_r);
		unsigned int spaces = (unsigned int)_mm_movemask_epi8(
			_mm_and_si128(_mm_cmpeq_epi8(here, _mm_set1_epi8(' ')), _mm_or_si128(t_f, o_mr)));
		for (; spaces; spaces &= spaces - 1)
			if (tell_around(text, i + (size_t)__builtin_ctz(spaces)))
				return true;
	}
#endif
	for (; i < text.n; i++)
		if (text.p[i] == ' ' && tell_around(text, i))
			return true;
	return false;
}

/* Looked for in the text as it is escaped in the log: nearly all output has none of it and is never unescaped. */
static bool tells_of_failure(const struct event *ev)
{
	for (int k = 0; k < ev->text_parts; k++) {
		str part = ev->text[k];
		str head = str_sub(part, 0, 2 * TEXT_KEPT), tail = { NULL, 0 };
		if (part.n > head.n)
			tail = str_from(part,
					part.n - head.n < 2 * TEXT_KEPT ? head.n : part.n - 2 * TEXT_KEPT);
		if (has_tell(head) || has_tell(tail))
			return true;
	}
	return false;
}

static void on_shell_result(struct digest *d, struct entry *e, const struct event *ev)
{
	str head;
	struct diagnosis diag = { .class = FAIL_NONE, .segment = -1 };
	struct shell_script script;
	if (ev->outcome == OUTCOME_ERROR && !ev->exit_benign) {
		head = result_head(d, ev);
		shell_parse(&d->scratch, e->arg, &script);
		classify_shell(&d->scratch, &script, ev->exit_code, head, result_tail(d, ev), &diag);
		if (diag.class == FAIL_NONE && ev->text_bytes < 16)
			e->flags |= ENTRY_EMPTY;
		keep_diagnosis(d, e, &diag);
		return;
	}
	if (ev->exit_benign || (ev->text_bytes < 48 && is_search(e->arg) && said_nothing(d, ev))) {
		e->flags |= ENTRY_EMPTY;
		return;
	}
	bool may_mask = str_chr(e->arg, '|') != STR_NONE || str_chr(e->arg, ';') != STR_NONE ||
			str_chr(e->arg, '\n') != STR_NONE;
	bool looking =
		d->last_miss && d->entries.n - d->last_miss < DISCOVERY_REACH && shell_discovers(e->arg);
	may_mask = may_mask && tells_of_failure(ev);
	if (!may_mask && !looking)
		return;
	head = result_head(d, ev);
	if (looking)
		read_hits(d, e, head);
	if (!may_mask)
		return;
	shell_parse(&d->scratch, e->arg, &script);
	if (!classify_masks_exit(&script))
		return;
	classify_masked(&d->scratch, &script, head, result_tail(d, ev), &diag);
	if (diag.class != FAIL_NONE)
		keep_diagnosis(d, e, &diag);
}

static enum failure class_of(enum outcome o)
{
	switch (o) {
	case OUTCOME_MISSING:
		return FAIL_PATH_MISSING;
	case OUTCOME_IS_DIRECTORY:
		return FAIL_IS_DIRECTORY;
	case OUTCOME_TOO_LARGE:
		return FAIL_TOO_LARGE;
	case OUTCOME_REJECTED:
	case OUTCOME_REJECTED_REASON:
		return FAIL_REJECTED;
	case OUTCOME_DENIED:
		return FAIL_DENIED;
	case OUTCOME_SANDBOX:
		return FAIL_SANDBOX;
	case OUTCOME_TIMEOUT:
		return FAIL_TIMEOUT;
	case OUTCOME_DISCIPLINE:
		return FAIL_DISCIPLINE;
	case OUTCOME_ERROR:
		return FAIL_UNKNOWN;
	default:
		return FAIL_NONE;
	}
}

static void on_result(struct digest *d, const struct event *ev)
{
	uint64_t id = str_hash(ev->call_id), *at = map64_get(&d->pending, id);
	if (!at || !*at)
		return;
	struct entry *e = entry_at(d, *at - 1);
	if (e->outcome != OUTCOME_NONE)
		return;
	e->outcome = ev->outcome;
	e->exit_code = ev->exit_code;
	e->result_offset = ev->offset;
	e->result_line = ev->line;
	e->result_bytes = ev->text_bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)ev->text_bytes;
	e->class = class_of(ev->outcome);
	if (ev->outcome == OUTCOME_REJECTED_REASON)
		e->flags |= ENTRY_REASONED;
	if (ev->outcome == OUTCOME_CANCELLED)
		e->flags |= ENTRY_NOT_RUN;
	if (ev->hint.n && ev->hint.n <= 200 && !secret_in(ev->hint))
		e->hint = arena_str(&d->arena, ev->hint);
	bool ran = ev->outcome == OUTCOME_OK || ev->outcome == OUTCOME_ERROR;
	if (ran && e->tool == TOOL_SHELL)
		on_shell_result(d, e, ev);
	else if (ran && (e->tool == TOOL_GREP || e->tool == TOOL_GLOB || e->tool == TOOL_LIST) &&
		 ev->outcome == OUTCOME_OK)
		read_hits(d, e, result_head(d, ev));
	d->failures |= 1u << e->class;
	if (failure_types[e->class].group == GROUP_PATH || (e->flags & ENTRY_EMPTY))
		d->last_miss = *at;
	arena_reset(&d->scratch);
}

static void on_rewrite(struct digest *d, const struct event *ev)
{
	uint64_t *at = map64_get(&d->pending, str_hash(ev->call_id));
	if (!at || !*at || !ev->input.command.n)
		return;
	struct entry *e = entry_at(d, *at - 1);
	if (e->tool != TOOL_SHELL || str_eq(e->arg, ev->input.command))
		return;
	keep_command(d, e, ev->input.command);
	e->flags |= ENTRY_REWRITTEN;
}

void digest_event(struct digest *d, const struct event *ev)
{
	if (ev->session.n) {
		uint64_t session = str_hash(ev->session);
		if (session != d->session) {
			d->session = session;
			struct entry *e = add_entry(d, ev, ENTRY_SESSION);
			e->id = session;
		}
	}
	if (!d->first_cwd.n && ev->cwd.n)
		d->first_cwd = arena_str(&d->keep, ev->cwd);
	if (ev->time) {
		if (!d->first_ms || ev->time < d->first_ms)
			d->first_ms = ev->time;
		if (ev->time > d->last_ms)
			d->last_ms = ev->time;
	}
	switch (ev->kind) {
	case EVENT_CALL:
		on_call(d, ev);
		break;
	case EVENT_RESULT:
		on_result(d, ev);
		break;
	case EVENT_USER:
		add_entry(d, ev, ENTRY_USER);
		break;
	case EVENT_COMPACT:
		add_entry(d, ev, ENTRY_COMPACT);
		break;
	case EVENT_INTERRUPT:
		add_entry(d, ev, ENTRY_INTERRUPT);
		break;
	case EVENT_REWRITE:
		on_rewrite(d, ev);
		break;
	default:
		break;
	}
	d->full = d->entries.n >= 2 * DIGEST_SEGMENT;
}
